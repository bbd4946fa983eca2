#ifndef AIFX_CORE_SERVING_BATCHER_H_
#define AIFX_CORE_SERVING_BATCHER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/serving/batch_lane.h"
#include "core/serving/batcher_stats.h"

namespace aifx::serving {

// The inference threads and what waits for them. There is no timer: a free thread takes at once
// what waits for one model, so that an idle server computes single rows without delay and a busy
// one computes full batches. Lanes are served by priority, models within a lane in turn
// (docs/serving.md). Of the threads that wait, the one that worked last is woken: the model's
// weights are still in its core's cache. Thread-safe.
class Batcher {
 public:
  struct Options {
    // 0: none; batches are computed by calls of RunOne, for tests.
    size_t threads = 1;
    size_t max_rows = 16;      // of a batch, unless a single job has more; > 0
    size_t queue_rows = 1024;  // that may wait in the interactive and in the batch lane, each
    size_t explain_rows = 16;  // that may wait in the lane of explanations
    // Whether Submit computes an interactive job itself where its caller allows it, none is queued
    // or computed and the newest few came one by one: a lone caller does not wait until a thread
    // has woken, and the threads that take calls are not held up where there are several callers.
    bool computes_lone_jobs = false;
  };

  // `clock` outlives the batcher.
  Batcher(const Options& options, base::Clock& clock);
  // Shuts down.
  ~Batcher();

  // Queues a job of `rows` > 0 rows for a thread, or computes it (Options::computes_lone_jobs):
  // then it is answered when this returns. Where this fails the job is dropped without Refuse, and
  // the caller answers: DeadlineExceeded or Cancelled where nobody waits for it any more;
  // ResourceExhausted, with the time after which to try again, where the lane is full (QUEUE_FULL)
  // or what waits already would take longer than the job's deadline allows (QUEUE_TOO_LONG);
  // Unavailable after Shutdown.
  absl::Status Submit(Lane lane, const BatchKey& key, size_t rows, const base::CallContext& context,
                      std::unique_ptr<BatchJob> job, Computes computes = Computes::kNever);

  // Queues what is left of a job that is being computed, before all that waits in its lane: a long
  // job in pieces lets more urgent work in between. It was let in already, so that neither bounds
  // nor Shutdown refuse it. REQUIRES: called by the job's Run.
  void Continue(Lane lane, const BatchKey& key, size_t rows, const base::CallContext& context,
                std::unique_ptr<BatchJob> job);

  // Computes one batch on the calling thread; false where nothing waits.
  bool RunOne();

  // Refuses new jobs, computes those queued, joins the threads; a job that Submit computes is the
  // caller's to wait for. Idempotent.
  void Shutdown();

  BatcherStats Stats() const;

 private:
  struct Worker {
    base::ConditionVariable wake;
    bool woken = false;  // set by whoever takes it off the idle list
    std::thread thread;
  };
  struct Batch {
    Lane lane = Lane::kInteractive;
    TakenJobs taken;
    absl::Time start;
    int64_t submitted_before = 0;
    bool by_submitter = false;
  };

  void Work(Worker& self);
  bool IsAlone(Lane lane) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  size_t FreeThreads() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MayServe(Lane lane) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // For an inference thread or, where its job is all that waits, for a submitter.
  Batch TakeBatch(bool by_submitter = false) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Compute(Batch batch);
  void CountTaken(const Batch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Duration RowsTime(Lane lane) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Duration ExpectedWait(Lane lane) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  base::Clock& clock_;
  mutable base::Mutex mutex_;
  std::array<BatchLane, kLanes> lanes_ ABSL_GUARDED_BY(mutex_);
  std::array<LaneStats, kLanes> stats_ ABSL_GUARDED_BY(mutex_);
  size_t busy_ ABSL_GUARDED_BY(mutex_) = 0;              // inference threads
  bool submitter_busy_ ABSL_GUARDED_BY(mutex_) = false;  // one computes its own job
  bool explaining_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t submitted_ ABSL_GUARDED_BY(mutex_) = 0;      // jobs
  int lone_jobs_ ABSL_GUARDED_BY(mutex_) = 0;          // the newest, while which no other came
  std::vector<Worker*> idle_ ABSL_GUARDED_BY(mutex_);  // the last to become idle at the back
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_BATCHER_H_
