#include "core/serving/batcher.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/serving/admission.h"

namespace aifx::serving {
namespace {

// Weight of the newest batch in the expected time of a row.
constexpr double kNewestShare = 0.125;
// A clock that jumps must not make everything look late.
constexpr absl::Duration kLongestRow = absl::Seconds(1);

// So many jobs one by one are taken to be those of one caller.
constexpr int kFewJobs = 8;

constexpr Lane kAllLanes[] = {Lane::kInteractive, Lane::kExplain, Lane::kBatch};

size_t Index(Lane lane) { return static_cast<size_t>(lane); }

// Index of the first bound that is not below `value`; their number where all are.
template <typename Bounds, typename Value>
size_t BucketOf(const Bounds& bounds, Value value) {
  return static_cast<size_t>(std::lower_bound(bounds.begin(), bounds.end(), value) -
                             bounds.begin());
}

// What escaped from a job, as a status. Call in a catch block.
absl::Status CurrentException() {
  try {
    throw;
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("uncaught exception: ", error.what()));
  } catch (...) {
    return absl::InternalError("uncaught exception of an unknown type");
  }
}

}  // namespace

Batcher::Batcher(const Options& options, base::Clock& clock) : options_(options), clock_(clock) {
  workers_.reserve(options_.threads);
  for (size_t i = 0; i < options_.threads; ++i) {
    Worker& worker = *workers_.emplace_back(std::make_unique<Worker>());
    worker.thread = std::thread([this, &worker] { Work(worker); });
  }
}

Batcher::~Batcher() { Shutdown(); }

absl::Duration Batcher::ExpectedWait(Lane lane) const {
  if (lane == Lane::kExplain) return RowsTime(Lane::kExplain);
  absl::Duration all = RowsTime(Lane::kInteractive);
  if (lane == Lane::kBatch) all += RowsTime(Lane::kBatch);
  return all / static_cast<int64_t>(std::max<size_t>(options_.threads, 1));
}

absl::Duration Batcher::RowsTime(Lane lane) const {
  return stats_[Index(lane)].row_time * lanes_[Index(lane)].rows();
}

absl::Status Batcher::Submit(Lane lane, const BatchKey& key, size_t rows,
                             const base::CallContext& context, std::unique_ptr<BatchJob> job,
                             Computes computes) {
  const absl::Time now = clock_.Now();
  Worker* worker = nullptr;
  Batch alone;
  {
    base::MutexLock lock(mutex_);
    if (stopping_) return ShuttingDownStatus();
    const LaneLoad load{
        .lane = lane,
        .waiting_rows = lanes_[Index(lane)].rows(),
        .max_rows = lane == Lane::kExplain ? options_.explain_rows : options_.queue_rows,
        .wait = ExpectedWait(lane)};
    AIFX_RETURN_IF_ERROR(Admit(load, rows, context, now, stats_[Index(lane)]));
    lanes_[Index(lane)].Push(
        key, {.job = std::move(job), .rows = rows, .context = context, .queued_at = now});
    ++submitted_;
    if (computes == Computes::kMaybe && IsAlone(lane)) {
      alone = TakeBatch(/*by_submitter=*/true);
      if (alone.taken.jobs.empty()) {  // it was alive a moment ago
        return alone.taken.expired.empty() ? GoneStatus() : ExpiredStatus();
      }
    } else if (!idle_.empty() && MayServe(lane)) {
      worker = idle_.back();
      idle_.pop_back();
      worker->woken = true;
    }
  }
  // Outside the lock, which the woken thread needs first.
  if (worker != nullptr) worker->wake.NotifyOne();
  if (!alone.taken.jobs.empty()) Compute(std::move(alone));
  return absl::OkStatus();
}

void Batcher::Continue(Lane lane, const BatchKey& key, size_t rows,
                       const base::CallContext& context, std::unique_ptr<BatchJob> job) {
  const absl::Time now = clock_.Now();
  base::MutexLock lock(mutex_);
  // Nobody is woken: this thread looks for work as soon as Run returns.
  lanes_[Index(lane)].PushFront(
      key, {.job = std::move(job), .rows = rows, .context = context, .queued_at = now});
}

// Whether the job that has just been queued is all there is to do, and likely to stay so.
bool Batcher::IsAlone(Lane lane) const {
  return options_.computes_lone_jobs && lane == Lane::kInteractive && busy_ == 0 &&
         !submitter_busy_ && lone_jobs_ == kFewJobs && lanes_[Index(lane)].jobs() == 1;
}

bool Batcher::MayServe(Lane lane) const {
  return !lanes_[Index(lane)].empty() && !(lane == Lane::kExplain && explaining_);
}

bool Batcher::HasWork() const {
  for (const Lane lane : kAllLanes) {
    if (MayServe(lane)) return true;
  }
  return false;
}

size_t Batcher::FreeThreads() const {
  return workers_.size() > busy_ ? workers_.size() - busy_ : 1;
}

Batcher::Batch Batcher::TakeBatch(bool by_submitter) {
  Batch batch{.start = clock_.Now(), .submitted_before = submitted_, .by_submitter = by_submitter};
  for (const Lane lane : kAllLanes) {
    if (!MayServe(lane)) continue;
    batch.lane = lane;
    batch.taken = lanes_[Index(lane)].Take(
        batch.start, {.max_rows = lane == Lane::kExplain ? 1 : options_.max_rows,
                      .free_threads = lane == Lane::kExplain ? 1 : FreeThreads(),
                      .row_time = stats_[Index(lane)].row_time});
    break;
  }
  if (!batch.taken.jobs.empty()) {
    if (by_submitter) {
      submitter_busy_ = true;
    } else {
      ++busy_;
    }
    if (batch.lane == Lane::kExplain) explaining_ = true;
  }
  CountTaken(batch);
  return batch;
}

void Batcher::CountTaken(const Batch& batch) {
  LaneStats& stats = stats_[Index(batch.lane)];
  const TakenJobs& taken = batch.taken;
  stats.cancelled += static_cast<int64_t>(taken.cancelled.size());
  stats.expired += static_cast<int64_t>(taken.expired.size());
  if (taken.jobs.empty()) return;
  stats.jobs += static_cast<int64_t>(taken.jobs.size());
  stats.rows += static_cast<int64_t>(taken.rows);
  ++stats.batches;
  ++stats.batch_rows[BucketOf(kBatchRowBounds, taken.rows)];
  for (const absl::Duration wait : taken.waits) {
    ++stats.waits[BucketOf(kWaitSecondBounds, absl::ToDoubleSeconds(wait))];
    stats.waited += wait;
  }
}

void Batcher::Compute(Batch batch) {
  TakenJobs& taken = batch.taken;
  for (const auto& job : taken.cancelled) job->Refuse(GoneStatus());
  for (const auto& job : taken.expired) job->Refuse(ExpiredStatus());
  if (taken.jobs.empty()) return;
  try {
    taken.jobs.front()->Run(taken.jobs);
  } catch (...) {
    const absl::Status failure = CurrentException();
    for (const auto& job : taken.jobs) job->Refuse(failure);
  }
  const absl::Duration elapsed = std::max(clock_.Now() - batch.start, absl::ZeroDuration());
  const absl::Duration row = std::min(elapsed / static_cast<int64_t>(taken.rows), kLongestRow);
  base::MutexLock lock(mutex_);
  if (batch.by_submitter) {
    submitter_busy_ = false;
  } else {
    --busy_;
  }
  const bool alone = taken.jobs.size() == 1 && submitted_ == batch.submitted_before;
  lone_jobs_ = alone ? std::min(lone_jobs_ + 1, kFewJobs) : 0;
  if (batch.lane == Lane::kExplain) explaining_ = false;
  LaneStats& stats = stats_[Index(batch.lane)];
  stats.computing += elapsed;
  stats.row_time = stats.row_time == absl::ZeroDuration()
                       ? row
                       : stats.row_time + kNewestShare * (row - stats.row_time);
}

bool Batcher::RunOne() {
  Batch batch;
  {
    base::MutexLock lock(mutex_);
    if (!HasWork()) return false;
    batch = TakeBatch();
  }
  Compute(std::move(batch));
  return true;
}

void Batcher::Work(Worker& self) {
  while (true) {
    Batch batch;
    {
      base::MutexLock lock(mutex_);
      while (!HasWork() && !stopping_) {
        self.woken = false;
        idle_.push_back(&self);
        while (!self.woken && !stopping_) self.wake.Wait(mutex_);
      }
      if (!HasWork()) return;
      batch = TakeBatch();
    }
    Compute(std::move(batch));
  }
}

void Batcher::Shutdown() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    for (const auto& worker : workers_) worker->wake.NotifyAll();
  }
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
  while (RunOne()) {
  }
}

BatcherStats Batcher::Stats() const {
  base::MutexLock lock(mutex_);
  BatcherStats result{.lanes = stats_, .threads = options_.threads, .busy_threads = busy_};
  for (const Lane lane : kAllLanes) {
    result.lanes[Index(lane)].waiting_jobs = lanes_[Index(lane)].jobs();
    result.lanes[Index(lane)].waiting_rows = lanes_[Index(lane)].rows();
  }
  return result;
}

}  // namespace aifx::serving
