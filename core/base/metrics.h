#ifndef AIFX_CORE_BASE_METRICS_H_
#define AIFX_CORE_BASE_METRICS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"

// What a component counts with on its hot path: one relaxed atomic addition or two a call, no lock
// and no allocation. Owners are made once and kept; reading them into a page is MetricSink's
// (metric_sink.h). Thread-safe.
namespace aifx::base {

// A number of events since the start of the process.
class Counter {
 public:
  void Add(int64_t events = 1) { value_.fetch_add(events, std::memory_order_relaxed); }
  int64_t Value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// What a histogram held at one moment.
struct HistogramSnapshot {
  std::vector<double> bounds;  // inclusive upper bounds, ascending
  std::vector<int64_t>
      counts;        // of each bucket alone; one more than bounds: what is above the last
  double sum = 0.0;  // of all values

  int64_t Count() const;
};

// How often values fell into fixed ranges. Values are whole numbers of a small unit, so that their
// sum is one addition: durations are kept in nanoseconds and read in seconds.
class Histogram {
 public:
  // `bounds` are inclusive upper bounds in the unit of Observe, ascending and not empty; a snapshot
  // tells such a value divided by `divisor`.
  explicit Histogram(absl::Span<const int64_t> bounds, double divisor = 1.0);

  // For durations of 5 us to 30 s, told in seconds.
  static Histogram OfDurations();

  // A value below 0 counts as 0.
  void Observe(int64_t value);
  void Observe(absl::Duration duration) { Observe(absl::ToInt64Nanoseconds(duration)); }

  // Buckets are read one after the other: what is observed meanwhile may be in some of them.
  HistogramSnapshot Snapshot() const;

 private:
  const std::vector<int64_t> bounds_;
  const double divisor_;
  const std::unique_ptr<std::atomic<int64_t>[]> counts_;
  std::unique_ptr<std::atomic<int64_t>> sum_;
};

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_METRICS_H_
