#ifndef AIFX_CLIENT_HTTP_RETRY_BUDGET_H_
#define AIFX_CLIENT_HTTP_RETRY_BUDGET_H_

#include <cstdint>

#include "absl/time/time.h"
#include "core/base/mutex.h"

namespace aifx::http {

struct RetryBudgetOptions {
  double share = 0.1;      // repeats for every call that is not one
  double capacity = 10.0;  // repeats that may be saved up; also what it starts with
  // One repeat is saved in so long whatever the traffic: a quiet client may still repeat.
  absl::Duration floor_interval = absl::Seconds(30);
};

// Bounds how much repeats add to the load of a server that is not well: a token bucket that calls
// fill and repeats empty. Shared by all that call one server. Thread-safe.
class RetryBudget {
 public:
  explicit RetryBudget(RetryBudgetOptions options) : options_(options), tokens_(options.capacity) {}

  // Counts a call that is not a repeat.
  void OnCall(absl::Time now);
  // Takes one repeat; false, and counted as denied, where none is left.
  bool TryRepeat(absl::Time now);

  struct Snapshot {
    double tokens = 0.0;  // repeats that may be made at once
    int64_t granted = 0;
    int64_t denied = 0;
  };
  Snapshot snapshot() const;

 private:
  void Add(double tokens) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddFloor(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const RetryBudgetOptions options_;
  mutable base::Mutex mutex_;
  double tokens_ ABSL_GUARDED_BY(mutex_);
  absl::Time filled_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  int64_t granted_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t denied_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_RETRY_BUDGET_H_
