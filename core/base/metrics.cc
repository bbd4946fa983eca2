#include "core/base/metrics.h"

#include <algorithm>
#include <numeric>

namespace aifx::base {
namespace {

constexpr int64_t kUs = 1000, kMs = 1000 * kUs, kS = 1000 * kMs;
constexpr int64_t kDurationBounds[] = {
    5 * kUs,   10 * kUs,    25 * kUs, 50 * kUs,   100 * kUs, 250 * kUs, 500 * kUs,
    kMs,       5 * kMs / 2, 5 * kMs,  10 * kMs,   25 * kMs,  50 * kMs,  100 * kMs,
    250 * kMs, 500 * kMs,   kS,       5 * kS / 2, 5 * kS,    10 * kS,   30 * kS};

}  // namespace

int64_t HistogramSnapshot::Count() const {
  return std::accumulate(counts.begin(), counts.end(), int64_t{0});
}

Histogram::Histogram(absl::Span<const int64_t> bounds, double divisor)
    : bounds_(bounds.begin(), bounds.end()),
      divisor_(divisor),
      counts_(std::make_unique<std::atomic<int64_t>[]>(bounds.size() + 1)),
      sum_(std::make_unique<std::atomic<int64_t>>(0)) {}

Histogram Histogram::OfDurations() { return Histogram(kDurationBounds, 1e9); }

void Histogram::Observe(int64_t value) {
  value = std::max<int64_t>(value, 0);
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_->fetch_add(value, std::memory_order_relaxed);
}

HistogramSnapshot Histogram::Snapshot() const {
  HistogramSnapshot snapshot;
  for (const int64_t bound : bounds_) {
    snapshot.bounds.push_back(static_cast<double>(bound) / divisor_);
  }
  for (size_t i = 0; i <= bounds_.size(); ++i) {
    snapshot.counts.push_back(counts_[i].load(std::memory_order_relaxed));
  }
  snapshot.sum = static_cast<double>(sum_->load(std::memory_order_relaxed)) / divisor_;
  return snapshot;
}

}  // namespace aifx::base
