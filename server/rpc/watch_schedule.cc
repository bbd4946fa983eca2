#include "server/rpc/watch_schedule.h"

#include <algorithm>

#include "core/market/candle.h"

namespace aifx::rpc {

bool WatchSchedule::Add(const WatchKey& key) {
  const auto [at, is_new] = keys_.try_emplace(key);
  ++at->second.watchers;
  return is_new && ++series_[key.series] == 1;
}

bool WatchSchedule::Remove(const WatchKey& key) {
  const auto found = keys_.find(key);
  if (found == keys_.end() || --found->second.watchers > 0) return false;
  keys_.erase(found);
  const auto series = series_.find(key.series);
  if (--series->second > 0) return false;
  series_.erase(series);
  return true;
}

std::vector<records::CandleSeriesId> WatchSchedule::Series() const {
  std::vector<records::CandleSeriesId> series;
  series.reserve(series_.size());
  for (const auto& [each, keys] : series_) series.push_back(each);
  return series;
}

void WatchSchedule::OnEvent(const records::CandleEvent& event, absl::Time now) {
  const absl::Time closed = market::CloseTime(event.series.timeframe, event.open_time);
  for (auto at = keys_.lower_bound({event.series, ""});
       at != keys_.end() && at->first.series == event.series; ++at) {
    Watched& watched = at->second;
    // The source may have had a newer candle than one announced before it.
    if (event.open_time <= watched.newest || closed <= watched.delivered) continue;
    watched.newest = event.open_time;
    watched.waiting = Task{.key = at->first,
                           .open_time = event.open_time,
                           .observed_at = std::max(event.observed_at, closed),
                           .attempt = 0,
                           .early = event.observed_at < closed};
    watched.due = std::max(now, closed);
  }
}

std::vector<WatchSchedule::Task> WatchSchedule::Take(absl::Time now) {
  std::vector<Task> due;
  for (auto& [key, watched] : keys_) {
    if (!watched.waiting.has_value() || watched.due > now) continue;
    due.push_back(*watched.waiting);
    watched.waiting.reset();
  }
  return due;
}

absl::Time WatchSchedule::NextDue() const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [key, watched] : keys_) {
    if (watched.waiting.has_value()) next = std::min(next, watched.due);
  }
  return next;
}

bool WatchSchedule::Delivered(const WatchKey& key, absl::Time as_of) {
  const auto found = keys_.find(key);
  if (found == keys_.end() || as_of <= found->second.delivered) return false;
  found->second.delivered = as_of;
  return true;
}

bool WatchSchedule::Retry(const Task& task, absl::Time now) {
  const auto found = keys_.find(task.key);
  if (found == keys_.end() || found->second.newest != task.open_time ||
      now > task.observed_at + kPatience) {
    return false;
  }
  Watched& watched = found->second;
  watched.waiting = task;
  ++watched.waiting->attempt;
  const int doublings = std::min(task.attempt, 10);
  watched.due = now + std::min(kLongestRetry, kFirstRetry * (1 << doublings));
  return true;
}

}  // namespace aifx::rpc
