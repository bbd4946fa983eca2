#include "core/base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/support/status_matchers.h"

namespace aifx::base {
namespace {

using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;

class FilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/aifx_files_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  size_t EntryCount() const {
    size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) ++count;
    return count;
  }

  std::string folder_;
};

TEST_F(FilesTest, ReadsBackWhatWasWritten) {
  for (const std::string& content : {std::string(), std::string("one line\n"),
                                     std::string("\0\xff\r\n", 4), std::string(3 << 16, 'x')}) {
    ASSERT_OK(WriteFileAtomically(Path("file"), content));
    EXPECT_THAT(ReadFile(Path("file")), IsOkAndHolds(content));
  }
  EXPECT_EQ(EntryCount(), 1u) << "a temporary file was left";
}

TEST_F(FilesTest, ReplacesTheFileInsteadOfWritingIntoIt) {
  ASSERT_OK(WriteFileAtomically(Path("file"), "old"));
  // A second name keeps the old content in sight: writing in place would change it.
  std::filesystem::create_hard_link(Path("file"), Path("link"));
  ASSERT_OK(WriteFileAtomically(Path("file"), "new"));
  EXPECT_THAT(ReadFile(Path("file")), IsOkAndHolds(std::string("new")));
  EXPECT_THAT(ReadFile(Path("link")), IsOkAndHolds(std::string("old")));
}

TEST_F(FilesTest, AFailedReplacementLeavesNoTemporaryFile) {
  std::filesystem::create_directory(Path("file"));
  std::filesystem::create_directory(Path("file") + "/inside");
  EXPECT_THAT(WriteFileAtomically(Path("file"), "new").message(), HasSubstr(Path("file")));
  EXPECT_EQ(EntryCount(), 1u);
}

TEST_F(FilesTest, WrittenFilesAreReadableByOthersAndWritableByTheOwner) {
  ASSERT_OK(WriteFileAtomically(Path("file"), "x"));
  struct stat info;
  ASSERT_EQ(::stat(Path("file").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0644u);
}

TEST_F(FilesTest, ErrorsNameThePath) {
  EXPECT_THAT(ReadFile(Path("absent")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(Path("absent"))));
  EXPECT_THAT(ReadFile(folder_), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(folder_)));
  EXPECT_THAT(WriteFileAtomically(Path("absent/file"), "x"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(Path("absent/file"))));
  EXPECT_THAT(SyncPath(Path("absent")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(Path("absent"))));
}

TEST_F(FilesTest, ReadsUpToTheLimit) {
  ASSERT_OK(WriteFileAtomically(Path("file"), std::string(100, 'x')));
  EXPECT_OK(ReadFile(Path("file"), 100));
  EXPECT_THAT(ReadFile(Path("file"), 99),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("99 bytes")));
}

TEST_F(FilesTest, SyncsFilesAndFolders) {
  ASSERT_OK(WriteFileAtomically(Path("file"), "x"));
  EXPECT_OK(SyncPath(Path("file")));
  EXPECT_OK(SyncPath(folder_));
}

TEST_F(FilesTest, WritesBesideAPathWithoutAFolder) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  const absl::Status status = WriteFileAtomically("file", "x");
  std::filesystem::current_path(before);
  EXPECT_OK(status);
  EXPECT_THAT(ReadFile(Path("file")), IsOkAndHolds(std::string("x")));
}

}  // namespace
}  // namespace aifx::base
