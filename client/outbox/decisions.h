#ifndef AIFX_CLIENT_OUTBOX_DECISIONS_H_
#define AIFX_CLIENT_OUTBOX_DECISIONS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/backend/submission_lookup.h"
#include "client/outbox/entry.h"

// What happens to a submission, decided by pure functions: same arguments, same answer. The rules
// are those of docs/outbox.md ("States"); threads carry them out.
namespace aifx::outbox {

struct DeliveryPolicy {
  absl::Duration request_timeout = absl::Seconds(10);  // of one request
  // From an ambiguous attempt's end to its look-up; longer than request_timeout.
  absl::Duration settle = absl::Seconds(15);
  absl::Duration first_backoff = absl::Seconds(1);
  absl::Duration max_backoff = absl::Minutes(10);
  absl::Duration give_up_after = absl::Hours(24 * 7);
  // The whole queue: between probes while the backend is down, and while it refuses our key.
  absl::Duration max_probe_wait = absl::Minutes(1);
  absl::Duration paused_probe_wait = absl::Minutes(1);
};

// How an attempt ended.
enum class AttemptEnd {
  kStored,
  kNotApplied,  // it cannot have arrived
  kLimited,     // 429
  kKeyRefused,  // 401, 403
  kRefused,     // for good: another 4xx, or a validation error
  kAmbiguous,   // it may have been applied
};
// By the errors of Delivery::PostPrediction and PutOutcome; an OK status is kStored.
AttemptEnd EndOfPrediction(const absl::Status& status);
AttemptEnd EndOfOutcome(const absl::Status& status);

// U(d/2, d) with d = min(max_backoff, first_backoff * 2^failures); `uniform` is in [0, 1).
absl::Duration Backoff(int failures, const DeliveryPolicy& policy, double uniform);

// The entry as it is while it is being sent. REQUIRES: it is kQueued.
Entry AtSend(Entry entry, absl::Time now, std::optional<absl::Duration> clock_offset);

// The entry after its attempt (kStored: backend_id and outcome are the caller's to set). REQUIRES:
// it is kInflight.
Entry AfterAttempt(Entry entry, AttemptEnd end, const absl::Status& status, absl::Time now,
                   const DeliveryPolicy& policy, double uniform);

// The entry that was kInflight when the engine stopped.
Entry AfterRestart(Entry entry, absl::Time now, const DeliveryPolicy& policy);

// What a look-up says of one entry.
struct LookupVerdict {
  Entry entry;
  int64_t duplicates = 0;  // further rows of the same submission
};
// REQUIRES: a prediction that is kUnknown, or kAcked with next_attempt_at (looked up once more).
LookupVerdict AfterLookup(Entry entry, const backend::LookupResult& result, absl::Time now,
                          const DeliveryPolicy& policy, double uniform);

// What a look-up needs of an entry.
backend::Sought SoughtOf(const Entry& entry);

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_DECISIONS_H_
