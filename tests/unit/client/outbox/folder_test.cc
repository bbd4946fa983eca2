// The folder: one owner, restricted modes, damage put aside, formats, offline use.

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "client/outbox/schema.h"
#include "core/base/files.h"
#include "tests/unit/client/outbox/outbox_fixture.h"

namespace aifx::outbox {
namespace {

using ::aifx::testing::StatusIs;
using records::Acknowledge;
using records::SubmissionKind;
using records::SubmissionState;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class FolderTest : public OutboxTest {
 protected:
  std::string Database() const { return options_.folder + "/outbox.db"; }
  static int ModeOf(const std::string& path) {
    struct stat info = {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777;
  }
  std::vector<std::string> PutAside() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(options_.folder)) {
      const std::string name = entry.path().filename();
      if (name.find(".corrupt-") != std::string::npos) found.push_back(name);
    }
    return found;
  }
  void Overwrite(int64_t offset, const std::string& bytes) {
    std::fstream file(Database(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file << bytes;
  }
};

TEST_F(FolderTest, IsForItsOwnerAlone) {
  options_.folder = folder_ / "a/b/outbox";
  Open();
  Submit(1);
  EXPECT_EQ(ModeOf(options_.folder), 0700);
  for (const char* name : {"outbox.db", "outbox.db-wal", "outbox.lock"}) {
    EXPECT_EQ(ModeOf(options_.folder + "/" + name), 0600) << name;
  }
  ASSERT_EQ(::chmod(options_.folder.c_str(), 0755), 0);
  Open();
  EXPECT_EQ(ModeOf(options_.folder), 0700);
}

TEST_F(FolderTest, ASecondOwnerIsRefusedAndToldWhoTheFirstIs) {
  Open();
  const auto refusal = StatusIs(absl::StatusCode::kFailedPrecondition,
                                HasSubstr(absl::StrCat("in use by process ", ::getpid())));
  EXPECT_THAT(TryOpen(), refusal);
  EXPECT_THAT(Outbox::OpenOffline(options_.folder, clock_, logger_), refusal);
  Submit(1);  // the first one is not disturbed
  outbox_.reset();
  EXPECT_OK(TryOpen());
}

TEST_F(FolderTest, SQLiteItselfRefusesASecondConnection) {
  Open();
  EXPECT_THAT(OpenDatabase(Database(), ""),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another process")));
}

TEST_F(FolderTest, ADamagedFileIsPutAsideWithItsBytesAndSaidAloud) {
  Open();
  for (int i = 0; i < 50; ++i) Submit(i);
  outbox_.reset();
  ASSERT_OK_AND_ASSIGN(const std::string before, base::ReadFile(Database()));
  Overwrite(static_cast<int64_t>(before.size()) / 2, std::string(9000, '\x5a'));
  ASSERT_OK_AND_ASSIGN(const std::string damaged, base::ReadFile(Database()));
  Open();
  ASSERT_THAT(PutAside(), SizeIs(1));
  EXPECT_EQ(PutAside()[0], "outbox.db.corrupt-20180612T100000Z");
  EXPECT_THAT(base::ReadFile(options_.folder + "/" + PutAside()[0]),
              testing::IsOkAndHolds(damaged));
  EXPECT_EQ(Stats().put_aside, options_.folder + "/" + PutAside()[0]);
  EXPECT_THAT(logger_.text(), HasSubstr("ERROR the outbox's file is damaged and was put aside"));
  Submit(1);
  outbox_.reset();
  Overwrite(0, "this is not a database");
  Open();  // within the same second of the clock
  EXPECT_THAT(PutAside(), SizeIs(2));
}

TEST_F(FolderTest, AnotherProgramsDatabaseIsPutAsideToo) {
  std::filesystem::create_directories(options_.folder);
  {
    ASSERT_OK_AND_ASSIGN(class Database other, outbox::Database::Open(Database(), ""));
    ASSERT_OK(other.Run("CREATE TABLE things (x); PRAGMA user_version=1"));
  }
  Open();
  EXPECT_THAT(PutAside(), SizeIs(1));
  EXPECT_THAT(logger_.text(), HasSubstr("is no outbox"));
}

TEST_F(FolderTest, ANewerFormatIsRefusedAndLeftAlone) {
  Open();
  Submit(1);
  outbox_.reset();
  {
    ASSERT_OK_AND_ASSIGN(class Database newer, outbox::Database::Open(Database(), ""));
    ASSERT_OK(newer.Run("PRAGMA user_version=99"));
  }
  EXPECT_THAT(TryOpen(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                  HasSubstr("format 99, this engine knows up to 1")));
  EXPECT_THAT(PutAside(), SizeIs(0));
}

TEST_F(FolderTest, OfflineShowsRequeuesAndPurgesButSendsNothing) {
  EXPECT_THAT(Outbox::OpenOffline(options_.folder, clock_, logger_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no outbox")));
  Open();
  Submit(1);
  Submit(2);
  delivery_.Script({Reply::k400});
  Drain();
  outbox_.reset();
  {
    ASSERT_OK_AND_ASSIGN(const auto offline, Outbox::OpenOffline(options_.folder, clock_, logger_));
    ASSERT_OK_AND_ASSIGN(const auto page, offline->List({}, {}));
    EXPECT_THAT(page.submissions, SizeIs(2));
    EXPECT_THAT(offline->Submit(SubmissionNumber(3), Acknowledge::kWhenDurable, {}),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("offline")));
    EXPECT_OK(offline->Requeue(SubmissionKind::kPrediction, Id(1), {}));
    clock_.Advance(absl::Seconds(1));
    EXPECT_THAT(offline->Purge({SubmissionState::kAcked}, {}, {}), testing::IsOkAndHolds(1));
    offline->DrainDue();
  }
  EXPECT_THAT(delivery_.posts(), SizeIs(2));
  Open();
  Drain();
  EXPECT_EQ(State(1), SubmissionState::kAcked);
}

TEST_F(FolderTest, OfflineLeavesADamagedFileWhereItIs) {
  Open();
  outbox_.reset();
  Overwrite(0, "this is not a database");
  EXPECT_THAT(Outbox::OpenOffline(options_.folder, clock_, logger_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("damaged")));
  EXPECT_THAT(PutAside(), SizeIs(0));
}

}  // namespace
}  // namespace aifx::outbox
