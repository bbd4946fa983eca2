#include "client/outbox/decisions.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/backend/status_mapping.h"
#include "core/base/violation.h"

namespace aifx::outbox {
namespace {

using records::SubmissionKind;
using records::SubmissionState;

Entry Acked(Entry entry) {
  entry.state = SubmissionState::kAcked;
  entry.payload.clear();
  entry.error = absl::OkStatus();
  entry.next_attempt_at.reset();
  return entry;
}

Entry Dead(Entry entry, absl::Status error) {
  entry.state = SubmissionState::kDead;
  entry.error = std::move(error);
  entry.next_attempt_at.reset();
  return entry;
}

// Back into the queue, or given up after too long.
Entry Again(Entry entry, const absl::Status& error, absl::Duration wait, absl::Time now,
            const DeliveryPolicy& policy) {
  if (now - entry.queued_at >= policy.give_up_after) {
    return Dead(
        std::move(entry),
        absl::Status(
            error.code(),
            absl::StrCat("given up after ", absl::FormatDuration(policy.give_up_after),
                         " of failures (requeue it when the cause is gone): ", error.message())));
  }
  entry.state = SubmissionState::kQueued;
  entry.error = error;
  entry.next_attempt_at = now + wait;
  return entry;
}

absl::Duration RetryAfter(const absl::Status& status) {
  return absl::Seconds(std::max(0.0, base::RetryAfterSecondsOf(status)));
}

// Then the end of the newest attempt does not say how often it was stored.
bool IsEarlierAttemptOpen(const Entry& entry) {
  return entry.unsure_since.has_value() && entry.unsure_since != entry.last_attempt_at;
}

// What both kinds have in common; kAmbiguous for the rest.
AttemptEnd EndOf(const absl::Status& status) {
  if (status.ok()) return AttemptEnd::kStored;
  if (backend::MayHaveBeenApplied(status)) return AttemptEnd::kAmbiguous;
  switch (status.code()) {
    case absl::StatusCode::kFailedPrecondition:
      return AttemptEnd::kKeyRefused;
    case absl::StatusCode::kResourceExhausted:
      return AttemptEnd::kLimited;
    case absl::StatusCode::kUnimplemented:  // no such route: not the submission's fault
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return AttemptEnd::kNotApplied;
    default:
      return AttemptEnd::kRefused;
  }
}

}  // namespace

AttemptEnd EndOfPrediction(const absl::Status& status) {
  // A value that cannot be sent at all, found before sending, bears no mark of the network.
  if (absl::IsInvalidArgument(status)) return AttemptEnd::kRefused;
  return EndOf(status);
}

AttemptEnd EndOfOutcome(const absl::Status& status) {
  // NOT_FOUND is also the end of a search that did not find the prediction: no request of its own.
  if (absl::IsInvalidArgument(status) || absl::IsNotFound(status)) return AttemptEnd::kRefused;
  return EndOf(status);
}

absl::Duration Backoff(int failures, const DeliveryPolicy& policy, double uniform) {
  // 2^30 times the first backoff is beyond any cap, and a shift by more would overflow.
  const int doublings = std::clamp(failures, 0, 30);
  const absl::Duration longest =
      std::min(policy.max_backoff, policy.first_backoff * (int64_t{1} << doublings));
  return longest / 2 + uniform * (longest / 2);
}

Entry AtSend(Entry entry, absl::Time now, std::optional<absl::Duration> clock_offset) {
  entry.state = SubmissionState::kInflight;
  ++entry.attempts;
  entry.last_attempt_at = now;
  entry.next_attempt_at.reset();
  // Until its end is known this attempt is as open as an ambiguous one: the engine may die. An
  // earlier open attempt stays the one from which on a look-up has to search.
  if (entry.kind == SubmissionKind::kPrediction && !entry.unsure_since.has_value()) {
    entry.unsure_since = now;
    if (clock_offset.has_value()) entry.unsure_since_backend = now + *clock_offset;
  }
  return entry;
}

Entry AfterAttempt(Entry entry, AttemptEnd end, const absl::Status& status, absl::Time now,
                   const DeliveryPolicy& policy, double uniform) {
  const bool was_unsure = IsEarlierAttemptOpen(entry);
  if (end != AttemptEnd::kAmbiguous && !was_unsure) {
    entry.unsure_since.reset();
    entry.unsure_since_backend.reset();
  }
  const absl::Duration backoff = Backoff(entry.failures, policy, uniform);
  if (end != AttemptEnd::kStored) ++entry.failures;
  switch (end) {
    case AttemptEnd::kStored:
      entry = Acked(std::move(entry));
      // An earlier attempt may have been stored after its look-up: one more look-up counts that.
      if (was_unsure) entry.next_attempt_at = now + policy.settle;
      return entry;
    case AttemptEnd::kRefused:
      return Dead(std::move(entry), status);
    case AttemptEnd::kNotApplied:
      return Again(std::move(entry), status, std::max(backoff, RetryAfter(status)), now, policy);
    case AttemptEnd::kLimited:
    case AttemptEnd::kKeyRefused:
      // No fault of the submission: it neither ages nor backs off; the whole queue waits.
      --entry.failures;
      entry.state = SubmissionState::kQueued;
      entry.error = status;
      entry.next_attempt_at = now + RetryAfter(status);
      return entry;
    case AttemptEnd::kAmbiguous:
      if (entry.kind == SubmissionKind::kOutcome) {
        return Again(std::move(entry), status, std::max(backoff, policy.settle), now, policy);
      }
      entry.state = SubmissionState::kUnknown;
      entry.error = status;
      entry.next_attempt_at = now + policy.settle;
      return entry;
  }
  return entry;
}

Entry AfterRestart(Entry entry, absl::Time now, const DeliveryPolicy& policy) {
  entry.state = entry.kind == SubmissionKind::kPrediction ? SubmissionState::kUnknown
                                                          : SubmissionState::kQueued;
  entry.error = absl::UnavailableError("the engine stopped while it was being sent");
  entry.next_attempt_at = now + policy.settle;
  return entry;
}

LookupVerdict AfterLookup(Entry entry, const backend::LookupResult& result, absl::Time now,
                          const DeliveryPolicy& policy, double uniform) {
  const auto found = result.found.find(absl::AsciiStrToLower(entry.request_id));
  const int64_t rows = found == result.found.end() ? 0 : static_cast<int64_t>(found->second.size());
  const absl::Time needed = backend::EarliestCreation(SoughtOf(entry), result.clock_offset, now);
  const bool complete = result.seen_back_to == absl::InfinitePast() || result.seen_back_to < needed;
  const absl::Duration backoff = std::max(policy.settle, Backoff(entry.failures, policy, uniform));
  if (entry.state == SubmissionState::kAcked) {
    // Looked up for counting alone: not for ever.
    const bool done = complete || rows > 1 || now - entry.queued_at >= policy.give_up_after;
    ++entry.failures;
    entry.next_attempt_at = done ? std::nullopt : std::optional(now + backoff);
    return {std::move(entry), std::max<int64_t>(0, rows - 1)};
  }
  if (rows > 0) {
    // The oldest row: what was stored first is what others may have seen.
    entry.backend_id = found->second.back();
    entry = Acked(std::move(entry));
    // The other attempt may be stored yet. Further rows that were seen are counted only once.
    if (rows == 1 && IsEarlierAttemptOpen(entry)) entry.next_attempt_at = now + policy.settle;
    return {std::move(entry), rows - 1};
  }
  if (complete) {
    const absl::Status error = entry.error;
    return {Again(std::move(entry), error, backoff - policy.settle, now, policy), 0};
  }
  ++entry.failures;
  entry.next_attempt_at = now + backoff;
  if (!result.status.ok()) {
    entry.error = absl::Status(result.status.code(),
                               absl::StrCat("it may have been stored, and cannot be looked up: ",
                                            result.status.message()));
  }
  return {std::move(entry), 0};
}

backend::Sought SoughtOf(const Entry& entry) {
  return {.request_id = entry.request_id,
          .sent_at = entry.unsure_since.value_or(entry.created_at),
          .sent_at_backend = entry.unsure_since_backend};
}

}  // namespace aifx::outbox
