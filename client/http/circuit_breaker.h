#ifndef AIFX_CLIENT_HTTP_CIRCUIT_BREAKER_H_
#define AIFX_CLIENT_HTTP_CIRCUIT_BREAKER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/http/retry.h"
#include "core/base/mutex.h"

namespace aifx::http {

struct BreakerOptions {
  absl::Duration window = absl::Seconds(10);  // how far back calls count
  int64_t min_calls = 10;                     // in the window, before its failures may open
  double failure_share = 0.5;                 // of the window's calls
  int connect_failures_in_a_row = 5;          // open whatever the window holds
  absl::Duration first_open = absl::Seconds(5);
  absl::Duration longest_open = absl::Seconds(60);
  int probes_to_close = 2;  // successes in a row while half-open
};

enum class BreakerState { kClosed, kOpen, kHalfOpen };
absl::string_view BreakerStateName(BreakerState state);  // "closed", "open", "half-open"

// What a call says about its server's health.
enum class CallResult {
  kSuccess,         // a reply, and not one that counts as a failure
  kFailure,         // a reply that does, or none although the request may have arrived
  kConnectFailure,  // the request cannot have arrived
  kNone             // nothing: cancelled, or never sent
};

// The circuit breaker of one server (Nygard, "Release It!", 2007): while it fails, calls are
// refused at once instead of each waiting for its own failure. Closed, it counts; open, it refuses
// for first_open, doubled by every failed probe up to longest_open and shortened by up to a fifth
// at random, so that clients do not come back together; then, half-open, it lets one call at a
// time through as a probe. Thread-safe.
class CircuitBreaker {
 public:
  struct Refusal {
    absl::Time until;  // when to try again
    std::string why;   // "5 connections in a row failed (the last: ...)"
  };
  // A call that was let through; belongs into Record.
  struct Ticket {
    int64_t generation = 0;
    bool probe = false;
  };

  CircuitBreaker(BreakerOptions options, UniformSource uniform)
      : options_(options), uniform_(std::move(uniform)) {}

  // Why a call would be refused now; nothing where it would be let through.
  std::optional<Refusal> Check(absl::Time now);

  // Lets a call through, or gives the refusal. Every call let through is given to Record.
  std::optional<Refusal> Admit(absl::Time now, Ticket& ticket);

  // The state that the call's result led to, where it changed. `cause` says what failed, for
  // messages. Results of calls that were let through before an earlier change are ignored.
  std::optional<BreakerState> Record(const Ticket& ticket, CallResult result,
                                     absl::string_view cause, absl::Time now);

  struct Snapshot {
    BreakerState state = BreakerState::kClosed;
    int64_t opened = 0;  // times
  };
  Snapshot snapshot() const;

 private:
  static constexpr int kBuckets = 10;
  struct Bucket {
    int64_t index = -1;  // of the time slice that it counts
    int64_t calls = 0;
    int64_t failures = 0;
  };

  std::optional<Refusal> Find(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Count(bool failed, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The reason to open by what was counted; empty where there is none.
  std::string ReasonToOpen(absl::Time now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Open(std::string why, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Close() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::optional<BreakerState> RecordProbe(CallResult result, absl::string_view cause,
                                          absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int64_t SliceOf(absl::Time now) const;

  const BreakerOptions options_;
  const UniformSource uniform_;
  mutable base::Mutex mutex_;
  BreakerState state_ ABSL_GUARDED_BY(mutex_) = BreakerState::kClosed;
  int64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;  // grows with every change of state
  int64_t opened_ ABSL_GUARDED_BY(mutex_) = 0;
  std::array<Bucket, kBuckets> buckets_ ABSL_GUARDED_BY(mutex_);
  int connect_failures_ ABSL_GUARDED_BY(mutex_) = 0;   // in a row
  int openings_in_a_row_ ABSL_GUARDED_BY(mutex_) = 0;  // without having closed
  absl::Time opened_at_ ABSL_GUARDED_BY(mutex_);
  absl::Time open_until_ ABSL_GUARDED_BY(mutex_);
  std::string why_ ABSL_GUARDED_BY(mutex_);
  bool probing_ ABSL_GUARDED_BY(mutex_) = false;
  int good_probes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_CIRCUIT_BREAKER_H_
