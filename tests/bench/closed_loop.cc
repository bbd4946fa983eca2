#include "tests/bench/closed_loop.h"

#include <algorithm>
#include <memory>

#include "absl/time/clock.h"
#include "core/base/mutex.h"

namespace aifx::bench {
namespace {

// One caller's calls, one after another.
class Caller {
 public:
  Caller(const StartCall& start_call, int64_t count_from, int64_t end)
      : start_call_(start_call), count_from_(count_from), end_(end) {}

  void Begin() {
    started_ = absl::GetCurrentTimeNanos();
    start_call_([this](CallEnd end) { Ended(end); });
  }

  void AwaitEnd() {
    base::MutexLock lock(mutex_);
    while (!finished_) wake_.Wait(mutex_);
  }

  const Latencies& latencies() const { return latencies_; }

 private:
  void Ended(CallEnd end) {
    const int64_t now = absl::GetCurrentTimeNanos();
    if (started_ >= count_from_) latencies_.Add(end, now - started_);
    if (now < end_) {
      Begin();
      return;
    }
    base::MutexLock lock(mutex_);
    finished_ = true;
    wake_.NotifyAll();
  }

  const StartCall& start_call_;
  const int64_t count_from_, end_;
  int64_t started_ = 0;
  Latencies latencies_;
  base::Mutex mutex_;
  base::ConditionVariable wake_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

// In microseconds.
double QuantileOf(std::vector<int64_t> values, double quantile) {
  if (values.empty()) return 0;
  const size_t index = std::min(values.size() - 1, static_cast<size_t>(quantile * values.size()));
  std::nth_element(values.begin(), values.begin() + index, values.end());
  return static_cast<double>(values[index]) / 1e3;
}

}  // namespace

void Latencies::Add(CallEnd end, int64_t duration) {
  switch (end) {
    case CallEnd::kOk:
      nanoseconds.push_back(duration);
      break;
    case CallEnd::kRefused:
      refused.push_back(duration);
      break;
    case CallEnd::kFailed:
      ++errors;
      break;
  }
}

void Latencies::Add(const Latencies& others) {
  nanoseconds.insert(nanoseconds.end(), others.nanoseconds.begin(), others.nanoseconds.end());
  refused.insert(refused.end(), others.refused.begin(), others.refused.end());
  errors += others.errors;
}

double Latencies::Microseconds(double quantile) const { return QuantileOf(nanoseconds, quantile); }

double Latencies::RefusedMicroseconds(double quantile) const {
  return QuantileOf(refused, quantile);
}

double Latencies::PerSecond() const {
  return static_cast<double>(nanoseconds.size()) / absl::ToDoubleSeconds(elapsed);
}

Latencies RunClosedLoop(int concurrency, absl::Duration warm_up, absl::Duration duration,
                        const StartCall& start_call) {
  const int64_t count_from = absl::GetCurrentTimeNanos() + absl::ToInt64Nanoseconds(warm_up);
  const int64_t end = count_from + absl::ToInt64Nanoseconds(duration);
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < concurrency; ++i) {
    callers.push_back(std::make_unique<Caller>(start_call, count_from, end));
  }
  for (auto& caller : callers) caller->Begin();
  Latencies all;
  for (auto& caller : callers) {
    caller->AwaitEnd();
    all.Add(caller->latencies());
  }
  all.elapsed = duration;
  return all;
}

}  // namespace aifx::bench
