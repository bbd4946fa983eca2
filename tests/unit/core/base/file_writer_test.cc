#include "core/base/file_writer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "core/base/files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::base {
namespace {

using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::StatusIs;
using ::aifx::testing::TemporaryFolder;
using ::testing::HasSubstr;

TEST(FileWriterTest, KeepsPiecesInOrderHoweverLargeTheyAre) {
  const TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto writer, FileWriter::Create(folder / "file"));
  std::string expected;
  for (const size_t size : {size_t{3}, size_t{0}, size_t{1} << 20, size_t{5}, size_t{1} << 17,
                            size_t{1} << 17, size_t{1}, size_t{1} << 18}) {
    const std::string piece(size, static_cast<char>('a' + expected.size() % 26));
    ASSERT_OK(writer->Append(piece));
    expected += piece;
    EXPECT_EQ(writer->size(), expected.size());
  }
  ASSERT_OK(writer->Close());
  EXPECT_THAT(ReadFile(folder / "file"), IsOkAndHolds(expected));
}

TEST(FileWriterTest, OverwritesWhatIsStillBufferedAndWhatIsNot) {
  const TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto writer, FileWriter::Create(folder / "file"));
  ASSERT_OK(writer->Append("0123456789"));
  ASSERT_OK(writer->Overwrite(2, "ab"));
  ASSERT_OK(writer->Append("0123456789"));
  ASSERT_OK(writer->Overwrite(9, "cd"));
  ASSERT_OK(writer->Close());
  EXPECT_THAT(ReadFile(folder / "file"), IsOkAndHolds(std::string("01ab45678cd123456789")));
}

TEST(FileWriterTest, MayGoOnAfterTheDiskHasBegun) {
  const TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto writer, FileWriter::Create(folder / "file"));
  // More than it takes for the disk to be told by itself.
  const std::string piece(3 << 20, 'x');
  std::string expected;
  for (int i = 0; i < 7; ++i) {
    ASSERT_OK(writer->Append(piece));
    expected += piece;
  }
  ASSERT_OK(writer->Append("abc"));
  ASSERT_OK(writer->StartSync());
  ASSERT_OK(writer->Append("def"));
  ASSERT_OK(writer->Overwrite(1, "y"));
  ASSERT_OK(writer->Close());
  expected += "abcdef";
  expected[1] = 'y';
  ASSERT_OK_AND_ASSIGN(const std::string written, ReadFile(folder / "file"));
  EXPECT_TRUE(written == expected);
}

TEST(FileWriterTest, RemovesTheFileWithoutClose) {
  const TemporaryFolder folder;
  {
    ASSERT_OK_AND_ASSIGN(const auto writer, FileWriter::Create(folder / "file"));
    ASSERT_OK(writer->Append(std::string(size_t{1} << 20, 'x')));
    EXPECT_TRUE(std::filesystem::exists(folder / "file"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "file"));
}

TEST(FileWriterTest, KeepsFailingAfterAWriteFailed) {
  {
    ASSERT_OK_AND_ASSIGN(const auto writer, FileWriter::Create("/dev/full"));
    const auto full = StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("write /dev/full"));
    EXPECT_THAT(writer->Append(std::string(size_t{1} << 20, 'x')), full);
    EXPECT_THAT(writer->Append("x"), full);
    EXPECT_THAT(writer->Close(), full);
  }
  EXPECT_TRUE(std::filesystem::exists("/dev/full")) << "a device was removed";
}

TEST(FileWriterTest, LeavesALinkAndWhatItLeadsTo) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink(folder / "file", folder / "link");
  {
    ASSERT_OK_AND_ASSIGN(const auto writer, FileWriter::Create(folder / "link"));
    ASSERT_OK(writer->Append("x"));
  }
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  ASSERT_OK_AND_ASSIGN(const auto writer, FileWriter::Create(folder / "link"));
  ASSERT_OK(writer->Append("0123"));
  ASSERT_OK(writer->Overwrite(1, "ab"));
  ASSERT_OK(writer->Close());
  EXPECT_THAT(ReadFile(folder / "file"), IsOkAndHolds(std::string("0ab3")));
}

TEST(FileWriterTest, WritesIntoAPipeInOrder) {
  const TemporaryFolder folder;
  const std::string pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::string expected, got;
  std::thread reader([&] {
    std::ifstream in(pipe);
    got.assign(std::istreambuf_iterator<char>(in), {});
  });
  {
    ASSERT_OK_AND_ASSIGN(const auto writer, FileWriter::Create(pipe));
    for (const size_t size : {size_t{3}, size_t{1} << 20, size_t{5}}) {
      const std::string piece(size, static_cast<char>('a' + expected.size() % 26));
      EXPECT_OK(writer->Append(piece));
      expected += piece;
    }
    EXPECT_OK(writer->Close());
  }
  reader.join();
  EXPECT_EQ(got, expected);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

TEST(FileWriterTest, RefusesToGoBackInADevice) {
  ASSERT_OK_AND_ASSIGN(const auto writer, FileWriter::Create("/dev/null"));
  ASSERT_OK(writer->Append("0123"));
  const auto refused = StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("/dev/null"));
  EXPECT_THAT(writer->Overwrite(1, "ab"), refused);
  EXPECT_THAT(writer->Close(), refused);
}

}  // namespace
}  // namespace aifx::base
