#include "core/pipeline/newest_candles.h"

#include <algorithm>

namespace aifx::pipeline {
namespace {

size_t BytesOf(const std::vector<market::Candle>& candles) {
  return candles.capacity() * sizeof(market::Candle);
}

}  // namespace

SharedCandles JoinRead(const KnownCandles& known, absl::Span<const market::Candle> read) {
  if (read.empty() || read.front().open_time != known.FirstToRead().open_time) return nullptr;
  if (known.unchanged + read.size() < std::min(known.count, known.candles->size())) return nullptr;
  auto joined = std::make_shared<std::vector<market::Candle>>();
  joined->reserve(known.unchanged + read.size());
  const auto first = known.candles->begin();
  joined->assign(first, first + static_cast<std::ptrdiff_t>(known.unchanged));
  joined->insert(joined->end(), read.begin(), read.end());
  const size_t surplus = joined->size() - std::min(joined->size(), known.count);
  joined->erase(joined->begin(), joined->begin() + static_cast<std::ptrdiff_t>(surplus));
  return joined;
}

NewestCandles::Entry* NewestCandles::Look(const SeriesKey& key, size_t count, absl::Time now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  Entry& entry = found->second;
  const bool valid = now < entry.valid_until && !entry.changed_from.has_value();
  return entry.count >= count && valid ? &entry : nullptr;
}

SharedCandles NewestCandles::Find(const SeriesKey& key, size_t count, absl::Time now) {
  base::MutexLock lock(mutex_);
  Entry* const entry = Look(key, count, now);
  ++(entry != nullptr ? stats_.hits : stats_.misses);
  if (entry == nullptr) return nullptr;
  entry->last_use = ++uses_;
  return entry->candles;
}

SharedCandles NewestCandles::Peek(const SeriesKey& key, size_t count, absl::Time now) {
  base::MutexLock lock(mutex_);
  Entry* const entry = Look(key, count, now);
  return entry != nullptr ? entry->candles : nullptr;
}

std::optional<KnownCandles> NewestCandles::Known(const SeriesKey& key, size_t count,
                                                 absl::Time now) const {
  base::MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  const Entry& entry = found->second;
  const absl::Duration whole_age = std::min(
      options_.whole_age, options_.whole_candles * market::TimeframeDuration(key.timeframe));
  if (!entry.changed_from.has_value() || entry.count < count ||
      now > entry.whole_read + whole_age) {
    return std::nullopt;
  }
  const std::vector<market::Candle>& candles = *entry.candles;
  const auto changed = std::lower_bound(
      candles.begin(), candles.end(), *entry.changed_from,
      [](const market::Candle& candle, absl::Time time) { return candle.open_time < time; });
  // A candle that is not kept belongs between two that are: what is older may be wrong, too.
  if (changed != candles.end() && changed->open_time != *entry.changed_from) return std::nullopt;
  const size_t few = std::max<size_t>(options_.reread, 1);
  const size_t unchanged = std::min(static_cast<size_t>(changed - candles.begin()),
                                    candles.size() - std::min(candles.size(), few));
  if (unchanged == 0) return std::nullopt;
  return KnownCandles{entry.candles, entry.count, unchanged, entry.whole_read};
}

int64_t NewestCandles::Generation(const SeriesKey& key) const {
  base::MutexLock lock(mutex_);
  const auto found = generations_.find(key);
  return found == generations_.end() ? 0 : found->second;
}

absl::Time NewestCandles::ValidUntil(const SeriesKey& key,
                                     const std::vector<market::Candle>& candles,
                                     absl::Time read_at) const {
  const absl::Time recheck = read_at + options_.recheck;
  if (candles.empty()) return recheck;
  const absl::Time closed = market::CloseTime(key.timeframe, candles.back().open_time);
  const absl::Time next_close = calendar_.HorizonEnd(key.timeframe, closed, 1);
  return std::min(next_close > read_at ? next_close : recheck, read_at + options_.max_age);
}

void NewestCandles::Store(const SeriesKey& key, size_t count, SharedCandles candles,
                          int64_t generation, absl::Time read_at, absl::Time whole_read) {
  if (!options_.enabled || candles == nullptr) return;
  const absl::Time valid_until = ValidUntil(key, *candles, read_at);
  base::MutexLock lock(mutex_);
  const auto current = generations_.find(key);
  if (generation != (current == generations_.end() ? 0 : current->second)) return;
  if (const auto found = entries_.find(key); found != entries_.end()) Erase(found);
  stats_.bytes += BytesOf(*candles);
  entries_.insert({key,
                   {.candles = std::move(candles),
                    .count = count,
                    .valid_until = valid_until,
                    .whole_read = whole_read,
                    .last_use = ++uses_,
                    .changed_from = {}}});
  MakeRoom();
}

void NewestCandles::MakeRoom() {
  while (entries_.size() > options_.max_series || stats_.bytes > options_.max_bytes) {
    const auto oldest = std::min_element(
        entries_.begin(), entries_.end(),
        [](const auto& a, const auto& b) { return a.second.last_use < b.second.last_use; });
    Erase(oldest);
    ++stats_.evictions;
  }
}

void NewestCandles::Erase(Entries::iterator entry) {
  stats_.bytes -= BytesOf(*entry->second.candles);
  entries_.erase(entry);
}

void NewestCandles::Invalidate(const SeriesKey& key, absl::Time open_time) {
  base::MutexLock lock(mutex_);
  ++generations_[key];
  ++stats_.invalidations;
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  std::optional<absl::Time>& changed_from = found->second.changed_from;
  changed_from = std::min(changed_from.value_or(open_time), open_time);
}

void NewestCandles::Distrust(const SeriesKey& key) {
  base::MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  if (found != entries_.end()) found->second.whole_read = absl::InfinitePast();
}

NewestCandlesStats NewestCandles::Stats() const {
  base::MutexLock lock(mutex_);
  NewestCandlesStats stats = stats_;
  stats.series = entries_.size();
  return stats;
}

}  // namespace aifx::pipeline
