#include "tests/bench/open_loop.h"

#include <memory>

#include "absl/time/clock.h"
#include "core/base/mutex.h"

namespace aifx::bench {
namespace {

// What the calls report to.
class Gathered {
 public:
  void Ended(CallEnd end, int64_t duration, bool counts) {
    base::MutexLock lock(mutex_);
    if (counts) latencies_.Add(end, duration);
    if (--open_ == 0) wake_.NotifyAll();
  }
  void Started() {
    base::MutexLock lock(mutex_);
    ++open_;
  }
  Latencies AwaitAll() {
    base::MutexLock lock(mutex_);
    while (open_ > 0) wake_.Wait(mutex_);
    return std::move(latencies_);
  }

 private:
  base::Mutex mutex_;
  base::ConditionVariable wake_;
  Latencies latencies_ ABSL_GUARDED_BY(mutex_);
  int64_t open_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

Latencies RunOpenLoop(double rate, absl::Duration warm_up, absl::Duration duration,
                      const StartCall& start_call) {
  const auto gathered = std::make_shared<Gathered>();
  const int64_t begin = absl::GetCurrentTimeNanos();
  const int64_t count_from = begin + absl::ToInt64Nanoseconds(warm_up);
  const int64_t end = count_from + absl::ToInt64Nanoseconds(duration);
  const double distance = 1e9 / rate;
  for (int64_t i = 0;; ++i) {
    const int64_t intended = begin + static_cast<int64_t>(static_cast<double>(i) * distance);
    if (intended >= end) break;
    // A sleep that ends late makes the next calls start together; their latencies count from their
    // own times all the same.
    if (const int64_t wait = intended - absl::GetCurrentTimeNanos(); wait > 0) {
      absl::SleepFor(absl::Nanoseconds(wait));
    }
    gathered->Started();
    start_call([gathered, intended, counts = intended >= count_from](CallEnd how) {
      gathered->Ended(how, absl::GetCurrentTimeNanos() - intended, counts);
    });
  }
  Latencies all = gathered->AwaitAll();
  all.elapsed = duration;
  return all;
}

}  // namespace aifx::bench
