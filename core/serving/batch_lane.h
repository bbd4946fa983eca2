#ifndef AIFX_CORE_SERVING_BATCH_LANE_H_
#define AIFX_CORE_SERVING_BATCH_LANE_H_

#include <compare>
#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/base/call_context.h"

namespace aifx::serving {

// Work for an inference thread that may be computed together with other work of its key. It is
// answered exactly once: by Run, or by Refuse.
class BatchJob {
 public:
  virtual ~BatchJob() = default;
  // Computes and answers `jobs`, of which this is the first; all have its key, so that they are of
  // its class. Runs on an inference thread, or on the one that submitted it.
  virtual void Run(absl::Span<const std::unique_ptr<BatchJob>> jobs) = 0;
  // Answers without a computation. Has no effect on a job that Run has answered.
  virtual void Refuse(const absl::Status& status) = 0;
};

// Classes of jobs, a number each.
inline constexpr int kPredictionJobs = 0;   // candles to logits
inline constexpr int kTensorJobs = 1;       // windows that a caller made
inline constexpr int kExplanationJobs = 2;  // attributions

// What may share a batch: the same model and the same class of job. `model` is only compared; jobs
// keep it alive.
struct BatchKey {
  int kind = 0;  // one of the numbers below
  const void* model = nullptr;
  friend auto operator<=>(const BatchKey&, const BatchKey&) = default;
};

// Whether the thread that submits a job may compute it. It must not where it has others to submit.
enum class Computes { kNever, kMaybe };

// A job in the queue.
struct QueuedJob {
  std::unique_ptr<BatchJob> job;
  size_t rows = 1;            // windows that it computes
  base::CallContext context;  // its deadline, and whether its caller has gone
  absl::Time queued_at;
};

// How much one batch may hold.
struct BatchBounds {
  size_t max_rows = 1;
  size_t free_threads = 1;  // that share what waits, the one that asks included; > 0
  absl::Duration row_time;  // expected for each row; zero where unknown
};

// The jobs that a thread takes at once.
struct TakenJobs {
  std::vector<std::unique_ptr<BatchJob>> jobs;  // one key; empty where nothing can be computed
  std::vector<absl::Duration> waits;            // of each
  size_t rows = 0;
  std::vector<std::unique_ptr<BatchJob>> cancelled;  // whose callers have gone
  std::vector<std::unique_ptr<BatchJob>> expired;    // whose deadlines have passed
};

// What waits in one lane: first in, first out for each key, and the keys in turn, so that a busy
// model does not keep others waiting. Thread-compatible.
class BatchLane {
 public:
  void Push(const BatchKey& key, QueuedJob job);
  // Before all others.
  void PushFront(const BatchKey& key, QueuedJob job);

  // Takes the next key's oldest jobs: at least one that is alive, at most `bounds.max_rows` rows,
  // not more than this thread's share, and not so many that a job would miss its deadline by
  // waiting for the rest of the batch. Jobs that nobody waits for any more are taken out beside.
  TakenJobs Take(absl::Time now, const BatchBounds& bounds);

  size_t rows() const { return rows_; }
  size_t jobs() const { return jobs_; }
  bool empty() const { return groups_.empty(); }

 private:
  struct Group {
    BatchKey key;
    std::deque<QueuedJob> jobs;
    size_t rows = 0;
  };

  // That of the key, a new one at the end where there is none.
  std::list<Group>::iterator GroupOf(const BatchKey& key);
  void Count(const QueuedJob& job, Group& group);
  QueuedJob PopFront(Group& group);
  void TakeFrom(Group& group, absl::Time now, const BatchBounds& bounds, TakenJobs& taken);

  std::list<Group> groups_;  // none is empty; the next to be served comes first
  size_t rows_ = 0;
  size_t jobs_ = 0;
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_BATCH_LANE_H_
