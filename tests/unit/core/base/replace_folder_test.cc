#include "core/base/replace_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "core/base/files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::base {
namespace {

namespace fs = std::filesystem;
using ::aifx::testing::StatusIs;
using ::aifx::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::set<std::string> Entries(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

void Make(const std::string& folder, const std::string& file) {
  fs::create_directory(folder);
  ASSERT_OK(WriteFileAtomically(folder + "/" + file, "x"));
}

TEST(ReplaceFolderTest, TheNewFolderTakesTheOldOnesPlace) {
  const TemporaryFolder folder;
  Make(folder / "new", "b");
  ASSERT_OK(ReplaceFolder(folder / "new", folder / "out"));
  EXPECT_THAT(Entries(folder / "out"), ElementsAre("b"));
  Make(folder / "new", "c");
  ASSERT_OK(ReplaceFolder(folder / "new", folder / "out"));
  EXPECT_THAT(Entries(folder / "out"), ElementsAre("c"));
  EXPECT_THAT(Entries(folder.path()), ElementsAre("out"));
}

TEST(ReplaceFolderTest, TheOldFolderComesBackWhereTheNewOneCannotBeMoved) {
  const TemporaryFolder folder;
  Make(folder / "out", "old");
  EXPECT_THAT(ReplaceFolder(folder / "new", folder / "out"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("cannot replace")));
  EXPECT_THAT(Entries(folder / "out"), ElementsAre("old"));
  EXPECT_THAT(Entries(folder.path()), ElementsAre("out"));
}

}  // namespace
}  // namespace aifx::base
