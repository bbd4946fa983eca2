#ifndef AIFX_TESTS_SUPPORT_FAKE_CLOCK_H_
#define AIFX_TESTS_SUPPORT_FAKE_CLOCK_H_

#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"

namespace aifx::testing {

// A clock that moves only when told to. SleepFor advances it and records the duration. Thread-safe.
class FakeClock final : public base::Clock {
 public:
  explicit FakeClock(absl::Time now = absl::FromCivil(absl::CivilHour(2018, 6, 12, 10),
                                                      absl::UTCTimeZone()))
      : now_(now) {}

  absl::Time Now() override {
    base::MutexLock lock(mutex_);
    return now_;
  }
  void SleepFor(absl::Duration duration) override {
    base::MutexLock lock(mutex_);
    now_ += duration;
    sleeps_.push_back(duration);
  }
  void Advance(absl::Duration duration) {
    base::MutexLock lock(mutex_);
    now_ += duration;
  }
  std::vector<absl::Duration> sleeps() {
    base::MutexLock lock(mutex_);
    return sleeps_;
  }

 private:
  base::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
  std::vector<absl::Duration> sleeps_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_FAKE_CLOCK_H_
