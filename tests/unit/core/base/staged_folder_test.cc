#include "core/base/staged_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "core/base/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::base {
namespace {

namespace fs = std::filesystem;
using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;

class StagedFolderTest : public ::testing::Test {
 protected:
  // Fills and commits a folder whose marker says `text`.
  void Write(const std::string& text) {
    ASSERT_OK_AND_ASSIGN(const auto folder, StagedFolder::Create(target_, "marker"));
    ASSERT_OK(WriteFileAtomically(folder->path() + "/marker", text));
    ASSERT_OK(folder->Commit());
  }
  bool PartialExists() { return fs::exists(root_ / "out/.set.partial"); }

  const testing::TemporaryFolder root_;
  const std::string target_ = root_ / "out/set";
};

TEST_F(StagedFolderTest, AppearsWholeAndReplacesTheOldOne) {
  Write("old");
  EXPECT_THAT(ReadFile(target_ + "/marker"), IsOkAndHolds(std::string("old")));
  ASSERT_OK(WriteFileAtomically(target_ + "/more", "of the old one"));
  Write("new");
  EXPECT_THAT(ReadFile(target_ + "/marker"), IsOkAndHolds(std::string("new")));
  EXPECT_FALSE(fs::exists(target_ + "/more"));
  EXPECT_FALSE(PartialExists());
}

TEST_F(StagedFolderTest, WithoutCommitTheOldOneStays) {
  Write("old");
  {
    ASSERT_OK_AND_ASSIGN(const auto folder, StagedFolder::Create(target_, "marker"));
    ASSERT_OK(WriteFileAtomically(folder->path() + "/marker", "half"));
    EXPECT_THAT(ReadFile(target_ + "/marker"), IsOkAndHolds(std::string("old")));
  }
  EXPECT_FALSE(PartialExists());
}

TEST_F(StagedFolderTest, WhatAKilledProcessLeftIsRemoved) {
  fs::create_directories(root_ / "out/.set.partial/train");
  ASSERT_OK(WriteFileAtomically(root_ / "out/.set.partial/train/half.npy", "x"));
  ASSERT_OK_AND_ASSIGN(const auto folder, StagedFolder::Create(target_, "marker"));
  EXPECT_TRUE(fs::is_empty(folder->path()));
}

TEST_F(StagedFolderTest, OneWriterAtATime) {
  ASSERT_OK_AND_ASSIGN(const auto folder, StagedFolder::Create(target_, "marker"));
  EXPECT_THAT(StagedFolder::Create(target_, "marker").status(),
              StatusIs(kRefused, HasSubstr("another process is writing")));
  EXPECT_TRUE(PartialExists());
}

TEST_F(StagedFolderTest, AForeignFolderIsNotReplaced) {
  fs::create_directories(target_);
  ASSERT_OK(WriteFileAtomically(target_ + "/thesis.txt", "years of work"));
  EXPECT_THAT(StagedFolder::Create(target_, "marker").status(),
              StatusIs(kRefused, HasSubstr("holds no marker")));
  EXPECT_TRUE(fs::exists(target_ + "/thesis.txt"));
}

}  // namespace
}  // namespace aifx::base
