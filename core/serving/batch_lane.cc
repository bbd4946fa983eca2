#include "core/serving/batch_lane.h"

#include <algorithm>
#include <utility>

namespace aifx::serving {

std::list<BatchLane::Group>::iterator BatchLane::GroupOf(const BatchKey& key) {
  const auto group = std::find_if(groups_.begin(), groups_.end(),
                                  [&](const Group& candidate) { return candidate.key == key; });
  if (group != groups_.end()) return group;
  return groups_.insert(groups_.end(), Group{.key = key});
}

void BatchLane::Count(const QueuedJob& job, Group& group) {
  group.rows += job.rows;
  rows_ += job.rows;
  ++jobs_;
}

void BatchLane::Push(const BatchKey& key, QueuedJob job) {
  Group& group = *GroupOf(key);
  Count(job, group);
  group.jobs.push_back(std::move(job));
}

void BatchLane::PushFront(const BatchKey& key, QueuedJob job) {
  const auto group = GroupOf(key);
  groups_.splice(groups_.begin(), groups_, group);
  Count(job, *group);
  group->jobs.push_front(std::move(job));
}

QueuedJob BatchLane::PopFront(Group& group) {
  QueuedJob job = std::move(group.jobs.front());
  group.jobs.pop_front();
  group.rows -= job.rows;
  rows_ -= job.rows;
  --jobs_;
  return job;
}

TakenJobs BatchLane::Take(absl::Time now, const BatchBounds& bounds) {
  TakenJobs taken;
  while (!groups_.empty() && taken.jobs.empty()) {
    TakeFrom(groups_.front(), now, bounds, taken);
    if (groups_.front().jobs.empty()) {
      groups_.pop_front();
    } else {
      groups_.splice(groups_.end(), groups_, groups_.begin());
    }
  }
  return taken;
}

void BatchLane::TakeFrom(Group& group, absl::Time now, const BatchBounds& bounds,
                         TakenJobs& taken) {
  const size_t share = (group.rows + bounds.free_threads - 1) / bounds.free_threads;
  const size_t most = std::min(bounds.max_rows, share);
  absl::Time earliest_deadline = absl::InfiniteFuture();
  while (!group.jobs.empty()) {
    const QueuedJob& next = group.jobs.front();
    if (next.context.IsCancelled()) {
      taken.cancelled.push_back(PopFront(group).job);
      continue;
    }
    if (next.context.deadline <= now) {
      taken.expired.push_back(PopFront(group).job);
      continue;
    }
    const size_t rows = taken.rows + next.rows;
    const absl::Time deadline = std::min(earliest_deadline, next.context.deadline);
    const bool too_late = now + bounds.row_time * rows > deadline;
    if (!taken.jobs.empty() && (rows > most || too_late)) return;
    earliest_deadline = deadline;
    taken.rows = rows;
    taken.waits.push_back(now - next.queued_at);
    taken.jobs.push_back(PopFront(group).job);
  }
}

}  // namespace aifx::serving
