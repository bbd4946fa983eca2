#include "core/journal/prediction_journal.h"

#include <signal.h>
#include <sys/resource.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/support/recording_logger.h"
#include "tests/unit/core/journal/journal_fixture.h"

namespace aifx::journal {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::StatusIs;

// Files that this process writes cannot grow beyond a size, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    struct rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  struct rlimit before_;
};

class PredictionJournalTest : public JournalFixture {
 protected:
  std::unique_ptr<PredictionJournal> Open(PredictionJournal::Options options = {}) {
    options.files.folder = journal_folder_;
    auto journal = PredictionJournal::Open(options, clock_, logger_);
    EXPECT_OK(journal);
    return *std::move(journal);
  }
  void PredictInto(PredictionJournal& journal, const std::string& id, bool submitted = false) {
    pipeline::PredictorOptions options;
    options.listener = &journal;
    Predict(options, id, submitted);
  }

  const std::string journal_folder_ = folder_ / "journal";
  testing::RecordingLogger logger_;
};

TEST_F(PredictionJournalTest, KeepsWhatWasPredicted) {
  const auto journal = Open();
  PredictInto(*journal, kId);
  JournalEntry expected = Entry();
  expected.recorded_at = clock_.Now();
  ASSERT_OK_AND_ASSIGN(const JournalEntry entry, journal->Find(kId));
  EXPECT_EQ(EntryToJson(entry), EntryToJson(expected));
  const JournalStats stats = journal->Stats();
  EXPECT_EQ(stats.written, 1);
  EXPECT_EQ(stats.segments, 1);
  EXPECT_EQ(stats.bytes, static_cast<int64_t>(EntryToJson(expected).size()) + 1);
  EXPECT_EQ(stats.queued, 0);
  EXPECT_THAT(journal->Find("another"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("")));
}

TEST_F(PredictionJournalTest, WritesWhatIsQueuedAtItsEnd) {
  {
    const auto journal = Open();
    for (int i = 0; i < 20; ++i) PredictInto(*journal, absl::StrCat("id-", i));
  }
  for (int i = 0; i < 20; ++i) EXPECT_OK(FindEntry(journal_folder_, absl::StrCat("id-", i)));
}

TEST_F(PredictionJournalTest, SkipsBeyondTheRateButNotWhatIsSubmitted) {
  const auto journal = Open({.max_per_second = 2});
  for (int i = 0; i < 5; ++i) PredictInto(*journal, absl::StrCat("a-", i));
  PredictInto(*journal, "submitted", /*submitted=*/true);
  clock_.Advance(absl::Milliseconds(999));
  PredictInto(*journal, "late");
  clock_.Advance(absl::Milliseconds(1));
  PredictInto(*journal, "next");
  journal->Flush();
  EXPECT_EQ(journal->Stats().written, 4);
  EXPECT_EQ(journal->Stats().skipped, 4);
  EXPECT_OK(journal->Find("a-1"));
  EXPECT_FALSE(journal->Find("a-2").ok());
  EXPECT_OK(journal->Find("submitted"));
  EXPECT_FALSE(journal->Find("late").ok());
  EXPECT_OK(journal->Find("next"));
}

TEST_F(PredictionJournalTest, DropsWhatTheQueueCannotHold) {
  const auto journal = Open({.max_queued = 0});
  PredictInto(*journal, kId, /*submitted=*/true);
  EXPECT_FALSE(journal->Record(Entry(), model_));
  EXPECT_EQ(journal->Stats().dropped, 2);
  EXPECT_FALSE(journal->Find(kId).ok());
}

TEST_F(PredictionJournalTest, TheQueueIsBoundedInBytesToo) {
  const size_t bytes = Entry().candles.size() * sizeof(market::Candle);
  for (const bool fits : {false, true}) {
    const auto journal = Open({.max_queued_bytes = fits ? bytes : bytes - 1});
    for (int i = 0; i < 3; ++i) {
      PredictInto(*journal, absl::StrCat("id-", i), /*submitted=*/true);
      journal->Flush();  // nothing is queued any more
    }
    EXPECT_EQ(journal->Stats().dropped, fits ? 0 : 3);
    EXPECT_EQ(journal->Stats().written, fits ? 3 : 0);
  }
}

TEST_F(PredictionJournalTest, AFullDiskCostsOnlyTheEntriesOfThatTime) {
  const auto journal = Open();
  PredictInto(*journal, "before");
  journal->Flush();
  const auto size = static_cast<rlim_t>(journal->Stats().bytes);
  {
    const FullDisk full(size + 100);
    PredictInto(*journal, "lost-1");
    PredictInto(*journal, "lost-2");
    journal->Flush();
  }
  EXPECT_EQ(journal->Stats().failed, 2);
  EXPECT_EQ(journal->Stats().bytes, static_cast<int64_t>(size));
  const std::string warned = logger_.text();
  EXPECT_THAT(warned, HasSubstr("not recorded until"));
  EXPECT_THAT(warned.substr(warned.find("not recorded") + 1), Not(HasSubstr("not recorded")));
  PredictInto(*journal, "after");
  EXPECT_OK(journal->Find("before"));
  EXPECT_FALSE(journal->Find("lost-1").ok());
  EXPECT_OK(journal->Find("after"));
  EXPECT_THAT(logger_.text(), HasSubstr("recorded again"));
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(journal_folder_)) {
    files += file.is_regular_file() ? 1 : 0;
  }
  EXPECT_EQ(files, 1);  // the torn line was cut off again
}

TEST_F(PredictionJournalTest, AFolderThatCannotBeMadeIsAnError) {
  PredictionJournal::Options options;
  options.files.folder = folder_ / "no/such/parent";
  EXPECT_THAT(PredictionJournal::Open(options, clock_, logger_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such/parent")));
}

}  // namespace
}  // namespace aifx::journal
