#ifndef AIFX_CORE_JOURNAL_PREDICTION_JOURNAL_H_
#define AIFX_CORE_JOURNAL_PREDICTION_JOURNAL_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "core/journal/entry.h"
#include "core/journal/segments.h"
#include "core/pipeline/prediction_listener.h"

namespace aifx::journal {

struct JournalStats {
  int64_t written = 0;   // entries in the files
  int64_t skipped = 0;   // not recorded: more than max_per_second
  int64_t dropped = 0;   // not recorded: the queue was full, by entries or by bytes
  int64_t failed = 0;    // not written: the disk's error, or a window that could not be built
  int64_t queued = 0;    // now
  int64_t bytes = 0;     // of the files, now
  int64_t segments = 0;  // files, now
};

// Keeps what predictions were asked and answered, for replay. A prediction never waits for it: what
// the one writer thread cannot take in time is dropped and counted. Where the disk fails it warns
// once, counts, and goes on as soon as writing succeeds. Thread-safe.
class PredictionJournal final : public pipeline::PredictionListener {
 public:
  struct Options {
    SegmentWriter::Options files;
    // Predictions of a second that are recorded though nobody submits them; those submitted always
    // are.
    int64_t max_per_second = 200;
    size_t max_queued = 256;
    size_t max_queued_bytes = size_t{32} << 20;  // of the candles that wait
  };

  // The file system's error where the folder cannot be made or read. The references outlive it.
  static absl::StatusOr<std::unique_ptr<PredictionJournal>> Open(Options options,
                                                                 base::Clock& clock,
                                                                 base::Logger& logger);
  // Writes what is queued.
  ~PredictionJournal() override;

  void OnPrediction(const pipeline::PreparedRequest& item, const pipeline::DecisionPolicy& policy,
                    absl::Span<const float> logits, const records::Prediction& prediction) override;

  // Queues an entry; its window is built of `model` by the writer. False where it was dropped or
  // skipped. Never blocks on the disk.
  bool Record(JournalEntry entry, std::shared_ptr<const model::Model> model);

  // As FindEntry, and what is queued.
  absl::StatusOr<JournalEntry> Find(const std::string& id);

  // Blocks until all that was queued before is written or has failed.
  void Flush();

  JournalStats Stats() const;

 private:
  struct Pending {
    JournalEntry entry;
    std::shared_ptr<const model::Model> model;
    size_t bytes = 0;  // as admitted
  };

  PredictionJournal(Options options, SegmentWriter files, base::Clock& clock, base::Logger& logger);
  // Whether there is room for one more; counts it, or why not.
  bool Admit(bool submitted, absl::Time now, size_t bytes);
  void Enqueue(Pending pending);
  void Work();
  absl::Status Write(Pending& pending);
  void Report(const absl::Status& status);

  const Options options_;
  base::Clock& clock_;
  base::Logger& logger_;
  SegmentWriter files_;   // the writer's alone
  bool failing_ = false;  // the writer's alone: whether the newest write failed

  mutable base::Mutex mutex_;
  base::ConditionVariable work_, idle_;
  std::deque<Pending> queue_ ABSL_GUARDED_BY(mutex_);
  size_t admitted_ ABSL_GUARDED_BY(mutex_) = 0;  // in the queue or about to be
  size_t admitted_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t begun_ ABSL_GUARDED_BY(mutex_) = 0, ended_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time second_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  int64_t in_second_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  JournalStats stats_ ABSL_GUARDED_BY(mutex_);
  std::thread writer_;
};

}  // namespace aifx::journal

#endif  // AIFX_CORE_JOURNAL_PREDICTION_JOURNAL_H_
