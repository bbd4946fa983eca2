#include "core/base/staging_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <string>

#include "core/base/files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::base {
namespace {

namespace fs = std::filesystem;
using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::set<std::string> Entries(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

TEST(StagingFolderTest, TheTargetAppearsWhole) {
  const TemporaryFolder folder;
  const std::string target = folder / "new/out";
  {
    ASSERT_OK_AND_ASSIGN(const auto staging, StagingFolder::Create(target));
    ASSERT_OK(WriteFileAtomically(staging->path() + "/a", "1"));
    EXPECT_FALSE(fs::exists(target));
    ASSERT_OK(staging->Publish());
    EXPECT_THAT(Entries(target), ElementsAre("a"));
  }
  EXPECT_THAT(Entries(folder / "new"), ElementsAre("out"));
  struct stat info;
  ASSERT_EQ(::stat(target.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0755u) << "others cannot read it";
}

TEST(StagingFolderTest, ReplacesAFolderAsAWhole) {
  const TemporaryFolder folder;
  const std::string target = folder / "out";
  fs::create_directory(target);
  ASSERT_OK(WriteFileAtomically(target + "/old", "0"));
  {
    ASSERT_OK_AND_ASSIGN(const auto staging, StagingFolder::Create(target));
    ASSERT_OK(WriteFileAtomically(staging->path() + "/new", "1"));
    ASSERT_OK(staging->Publish());
  }
  EXPECT_THAT(Entries(target), ElementsAre("new"));
  EXPECT_THAT(Entries(folder.path()), ElementsAre("out"));
}

TEST(StagingFolderTest, LeavesNothingUnlessPublished) {
  const TemporaryFolder folder;
  {
    ASSERT_OK_AND_ASSIGN(const auto staging, StagingFolder::Create(folder / "out"));
    ASSERT_OK(WriteFileAtomically(staging->path() + "/a", "1"));
  }
  EXPECT_THAT(Entries(folder.path()), IsEmpty());
}

TEST(StagingFolderTest, RemovesWhatAKilledProcessLeftAndNothingElse) {
  const TemporaryFolder folder;
  for (const char* name : {".out.aside.abc123", ".other.aside.abc123", "out.aside.x"}) {
    fs::create_directory(folder / name);
    ASSERT_OK(WriteFileAtomically(folder / name + "/part", "1"));
  }
  ASSERT_OK_AND_ASSIGN(const auto at_work, StagingFolder::Create(folder / "out"));
  ASSERT_OK_AND_ASSIGN(const auto beside, StagingFolder::Create(folder / "out"));
  const auto name_of = [](const auto& staging) {
    return fs::path(staging->path()).filename().string();
  };
  EXPECT_THAT(Entries(folder.path()), UnorderedElementsAre(".other.aside.abc123", "out.aside.x",
                                                           name_of(at_work), name_of(beside)));
}

// A crash between the two renames of a file system that cannot exchange names.
TEST(StagingFolderTest, PutsBackWhatAKilledProcessDidNotReplace) {
  const TemporaryFolder folder;
  const std::string left = folder / ".out.aside.abc123", replaced = left + ".replaced";
  for (const std::string& path : {left, replaced}) fs::create_directory(path);
  ASSERT_OK(WriteFileAtomically(left + "/new", "1"));
  ASSERT_OK(WriteFileAtomically(replaced + "/old", "0"));
  { ASSERT_OK_AND_ASSIGN(const auto staging, StagingFolder::Create(folder / "out")); }
  EXPECT_THAT(Entries(folder.path()), ElementsAre("out"));
  EXPECT_THAT(Entries(folder / "out"), ElementsAre("old"));
}

// The crash came after the second one.
TEST(StagingFolderTest, RemovesAnOldFolderThatWasReplaced) {
  const TemporaryFolder folder;
  for (const char* name : {"out", ".out.aside.abc123.replaced"}) {
    fs::create_directory(folder / name);
  }
  ASSERT_OK(WriteFileAtomically(folder / "out/new", "1"));
  ASSERT_OK(WriteFileAtomically(folder / ".out.aside.abc123.replaced/old", "0"));
  { ASSERT_OK_AND_ASSIGN(const auto staging, StagingFolder::Create(folder / "out")); }
  EXPECT_THAT(Entries(folder.path()), ElementsAre("out"));
  EXPECT_THAT(Entries(folder / "out"), ElementsAre("new"));
}

// What another process is just replacing is locked.
TEST(StagingFolderTest, LeavesAnOldFolderThatIsBeingReplaced) {
  const TemporaryFolder folder;
  const std::string replaced = folder / ".out.aside.abc123.replaced";
  fs::create_directory(replaced);
  const int fd = ::open(replaced.c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(fd, LOCK_EX | LOCK_NB), 0);
  { ASSERT_OK_AND_ASSIGN(const auto staging, StagingFolder::Create(folder / "out")); }
  EXPECT_THAT(Entries(folder.path()), ElementsAre(".out.aside.abc123.replaced"));
  ::close(fd);
}

TEST(StagingFolderTest, PublishesSingleFiles) {
  const TemporaryFolder folder;
  ASSERT_OK(WriteFileAtomically(folder / "a", "old"));
  {
    ASSERT_OK_AND_ASSIGN(const auto staging, StagingFolder::Create(folder / "a"));
    ASSERT_OK(WriteFileAtomically(staging->path() + "/a", "1"));
    ASSERT_OK(WriteFileAtomically(staging->path() + "/b", "2"));
    ASSERT_OK(staging->PublishFiles({"a", "b"}));
  }
  EXPECT_THAT(Entries(folder.path()), ElementsAre("a", "b"));
  EXPECT_THAT(ReadFile(folder / "a"), IsOkAndHolds(std::string("1")));
}

}  // namespace
}  // namespace aifx::base
