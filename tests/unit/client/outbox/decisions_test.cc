#include "client/outbox/decisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/outbox/gate.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/client/outbox/fake_delivery.h"

namespace aifx::outbox {
namespace {

using records::SubmissionKind;
using records::SubmissionState;
using ::testing::HasSubstr;

constexpr SubmissionState kQueued = SubmissionState::kQueued;
constexpr SubmissionState kInflight = SubmissionState::kInflight;
constexpr SubmissionState kAcked = SubmissionState::kAcked;
constexpr SubmissionState kUnknown = SubmissionState::kUnknown;
constexpr SubmissionState kDead = SubmissionState::kDead;

const absl::Time kNow = absl::FromUnixSeconds(1'528'797'600);
const DeliveryPolicy kPolicy;

Entry Inflight(SubmissionKind kind, int failures = 0, absl::Duration age = absl::Minutes(1)) {
  Entry entry;
  entry.kind = kind;
  entry.request_id = "0B3F6A54-8f2e-4c57-9d53-000000000001";
  entry.payload = "{}";
  entry.created_at = entry.queued_at = kNow - age;
  entry.failures = failures;
  return AtSend(std::move(entry), kNow - absl::Seconds(2), absl::ZeroDuration());
}

TEST(DecisionsTest, TellsHowAnAttemptEnded) {
  struct Case {
    Reply reply;
    AttemptEnd want;
  };
  const Case cases[] = {
      {Reply::kStore, AttemptEnd::kStored},
      {Reply::kLose, AttemptEnd::kAmbiguous},
      {Reply::kStoreSilent, AttemptEnd::kAmbiguous},
      {Reply::kUnreachable, AttemptEnd::kNotApplied},
      {Reply::k400, AttemptEnd::kRefused},
      {Reply::k401, AttemptEnd::kKeyRefused},
      {Reply::kNoRoute, AttemptEnd::kNotApplied},
      {Reply::k429, AttemptEnd::kLimited},
      {Reply::k503, AttemptEnd::kAmbiguous},
      {Reply::kValidationError, AttemptEnd::kRefused},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(StatusOf(c.reply).ToString());
    EXPECT_EQ(EndOfPrediction(StatusOf(c.reply)), c.want);
    EXPECT_EQ(EndOfOutcome(StatusOf(c.reply)), c.want);
  }
  const auto unsent = http::WithHttpFailure(absl::CancelledError("c"), {.may_have_arrived = false});
  EXPECT_EQ(EndOfPrediction(unsent), AttemptEnd::kNotApplied);
  EXPECT_EQ(EndOfPrediction(absl::DeadlineExceededError("d")), AttemptEnd::kAmbiguous);
  // Found before anything was sent, and the end of a search: neither bears a mark of the network.
  EXPECT_EQ(EndOfPrediction(absl::InvalidArgumentError("i")), AttemptEnd::kRefused);
  EXPECT_EQ(EndOfOutcome(absl::NotFoundError("n")), AttemptEnd::kRefused);
}

TEST(DecisionsTest, WhatFollowsAnAttempt) {
  constexpr auto kPrediction = SubmissionKind::kPrediction;
  constexpr auto kOutcome = SubmissionKind::kOutcome;
  const absl::Duration week = kPolicy.give_up_after;
  struct Case {
    const char* name;
    Entry entry;
    AttemptEnd end;
    SubmissionState want;
    std::optional<absl::Duration> next;
    bool unsure;
  };
  // uniform = 0: half of the back-off, which is 1 s doubled with each failure.
  const Case cases[] = {
      {"stored", Inflight(kPrediction), AttemptEnd::kStored, kAcked, std::nullopt, false},
      {"refused", Inflight(kPrediction), AttemptEnd::kRefused, kDead, std::nullopt, false},
      {"unreachable", Inflight(kPrediction), AttemptEnd::kNotApplied, kQueued,
       absl::Milliseconds(500), false},
      {"unreachable again", Inflight(kPrediction, 3), AttemptEnd::kNotApplied, kQueued,
       absl::Seconds(4), false},
      {"unreachable for long", Inflight(kPrediction, 99), AttemptEnd::kNotApplied, kQueued,
       absl::Minutes(5), false},
      {"a moment before a week", Inflight(kPrediction, 99, week - absl::Microseconds(1)),
       AttemptEnd::kNotApplied, kQueued, absl::Minutes(5), false},
      {"a week", Inflight(kPrediction, 99, week), AttemptEnd::kNotApplied, kDead, std::nullopt,
       false},
      {"limited", Inflight(kPrediction, 0, week), AttemptEnd::kLimited, kQueued,
       absl::ZeroDuration(), false},
      {"key refused", Inflight(kPrediction, 0, week), AttemptEnd::kKeyRefused, kQueued,
       absl::ZeroDuration(), false},
      {"ambiguous", Inflight(kPrediction), AttemptEnd::kAmbiguous, kUnknown, kPolicy.settle, true},
      {"ambiguous after a week", Inflight(kPrediction, 99, week), AttemptEnd::kAmbiguous, kUnknown,
       kPolicy.settle, true},
      {"outcome, ambiguous", Inflight(kOutcome), AttemptEnd::kAmbiguous, kQueued, kPolicy.settle,
       false},
      {"outcome, ambiguous again", Inflight(kOutcome, 7), AttemptEnd::kAmbiguous, kQueued,
       absl::Seconds(64), false},
      {"outcome, stored", Inflight(kOutcome), AttemptEnd::kStored, kAcked, std::nullopt, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const Entry after =
        AfterAttempt(c.entry, c.end, absl::UnavailableError("cause"), kNow, kPolicy, 0);
    EXPECT_EQ(after.state, c.want);
    EXPECT_EQ(after.next_attempt_at,
              c.next.has_value() ? std::optional(kNow + *c.next) : std::nullopt);
    EXPECT_EQ(after.unsure_since.has_value(), c.unsure);
    EXPECT_EQ(after.payload.empty(), c.want == kAcked);
    EXPECT_EQ(after.error.ok(), c.want == kAcked);
  }
}

TEST(DecisionsTest, AnOpenAttemptStaysOpenWhateverTheNextOneBrings) {
  Entry entry = AfterAttempt(Inflight(SubmissionKind::kPrediction), AttemptEnd::kAmbiguous,
                             absl::UnavailableError("reset"), kNow, kPolicy, 0);
  const absl::Time first = entry.unsure_since.value();
  backend::LookupResult nothing;
  nothing.seen_back_to = absl::InfinitePast();
  entry = AfterLookup(entry, nothing, kNow + kPolicy.settle, kPolicy, 0).entry;
  EXPECT_EQ(entry.state, kQueued);
  entry = AtSend(entry, kNow + absl::Minutes(1), std::nullopt);
  EXPECT_EQ(entry.state, kInflight);
  EXPECT_EQ(entry.unsure_since, first);
  entry = AfterAttempt(entry, AttemptEnd::kStored, absl::OkStatus(), kNow + absl::Minutes(1),
                       kPolicy, 0);
  EXPECT_EQ(entry.state, kAcked);
  EXPECT_EQ(entry.next_attempt_at, kNow + absl::Minutes(1) + kPolicy.settle);
  EXPECT_EQ(ReceiptOf(entry).next_attempt_at, std::nullopt);
}

TEST(DecisionsTest, WhatFollowsALookUp) {
  const std::string id = "0b3f6a54-8f2e-4c57-9d53-000000000001";
  const absl::Time sent = kNow - absl::Seconds(2);
  const auto result = [&](std::vector<std::string> ids, absl::Time seen_back_to) {
    backend::LookupResult looked{.seen_back_to = seen_back_to,
                                 .clock_offset = absl::ZeroDuration()};
    if (!ids.empty()) looked.found[id] = std::move(ids);
    return looked;
  };
  const Entry unknown = AfterAttempt(Inflight(SubmissionKind::kPrediction), AttemptEnd::kAmbiguous,
                                     absl::UnavailableError("reset"), kNow, kPolicy, 0);
  Entry old = unknown;
  old.queued_at = kNow - kPolicy.give_up_after;
  Entry twice = unknown;
  twice.unsure_since = sent - absl::Minutes(1);
  Entry acked = unknown;
  acked.state = kAcked;
  const absl::Time edge = sent - absl::Minutes(5);
  const absl::Time future = absl::InfiniteFuture();
  struct Case {
    const char* name;
    Entry entry;
    backend::LookupResult result;
    SubmissionState want;
    bool next;
    int64_t duplicates;
  };
  const Case cases[] = {
      {"found", unknown, result({"a"}, future), kAcked, false, 0},
      {"found three times", unknown, result({"c", "b", "a"}, future), kAcked, false, 2},
      {"found, sent twice", twice, result({"a"}, future), kAcked, true, 0},
      {"found twice, sent twice", twice, result({"b", "a"}, future), kAcked, false, 1},
      {"whole list seen, not there", unknown, result({}, absl::InfinitePast()), kQueued, true, 0},
      {"seen to just before the edge, not there", unknown, result({}, edge - absl::Microseconds(1)),
       kQueued, true, 0},
      {"seen to the edge only", unknown, result({}, edge), kUnknown, true, 0},
      {"nothing seen", unknown, result({}, future), kUnknown, true, 0},
      {"nothing seen for a week", old, result({}, future), kUnknown, true, 0},
      {"not there after a week", old, result({}, absl::InfinitePast()), kDead, false, 0},
      {"ACKED, once", acked, result({"a"}, absl::InfinitePast()), kAcked, false, 0},
      {"ACKED, twice", acked, result({"b", "a"}, future), kAcked, false, 1},
      {"ACKED, not all seen", acked, result({"a"}, future), kAcked, true, 0},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const LookupVerdict verdict = AfterLookup(c.entry, c.result, kNow, kPolicy, 0);
    EXPECT_EQ(verdict.entry.state, c.want);
    EXPECT_EQ(verdict.entry.next_attempt_at.has_value(), c.next);
    EXPECT_EQ(verdict.duplicates, c.duplicates);
    const bool acked_now = c.entry.state == kUnknown && c.want == kAcked;
    EXPECT_EQ(verdict.entry.backend_id, acked_now ? "a" : "");  // the oldest row
  }
}

TEST(DecisionsTest, ARestartOpensWhatWasInFlight) {
  const Entry prediction = AfterRestart(Inflight(SubmissionKind::kPrediction), kNow, kPolicy);
  EXPECT_EQ(prediction.state, kUnknown);
  EXPECT_EQ(prediction.next_attempt_at, kNow + kPolicy.settle);
  EXPECT_TRUE(prediction.unsure_since.has_value());
  EXPECT_EQ(AfterRestart(Inflight(SubmissionKind::kOutcome), kNow, kPolicy).state, kQueued);
}

TEST(DecisionsTest, BackoffDoublesToItsCapWithHalfOfItRandom) {
  EXPECT_EQ(Backoff(0, kPolicy, 0), absl::Milliseconds(500));
  EXPECT_EQ(Backoff(0, kPolicy, 0.5), absl::Milliseconds(750));
  EXPECT_EQ(Backoff(5, kPolicy, 0), absl::Seconds(16));
  EXPECT_EQ(Backoff(1000, kPolicy, 0), absl::Minutes(5));
}

TEST(GateTest, ClosesByDegreesAndOpensAtAnAnswer) {
  const auto after = [](Gate gate, AttemptEnd end, absl::Duration retry = {}) {
    return AfterEnd(gate, end, retry, kNow, kPolicy, 0);
  };
  Gate gate = after(after({}, AttemptEnd::kAmbiguous), AttemptEnd::kNotApplied);
  EXPECT_EQ(gate.mode, Gate::Mode::kOpen);  // may be the submissions' own
  gate = after(gate, AttemptEnd::kNotApplied);
  EXPECT_EQ(gate.mode, Gate::Mode::kProbing);
  EXPECT_EQ(gate.next_probe, kNow + absl::Milliseconds(500));
  EXPECT_FALSE(MayStart(gate, gate.next_probe - absl::Microseconds(1), 0));
  EXPECT_TRUE(MayStart(gate, gate.next_probe, 0));
  EXPECT_FALSE(MayStart(gate, gate.next_probe, 1));
  for (int i = 0; i < 50; ++i) gate = after(gate, AttemptEnd::kNotApplied);
  EXPECT_EQ(gate.next_probe, kNow + kPolicy.max_probe_wait / 2);
  EXPECT_EQ(after(gate, AttemptEnd::kRefused).mode, Gate::Mode::kOpen);

  const Gate limited = after({}, AttemptEnd::kLimited, absl::Minutes(9));
  EXPECT_EQ(limited.next_probe, kNow + absl::Minutes(9));

  gate = after({}, AttemptEnd::kKeyRefused);
  EXPECT_EQ(gate.mode, Gate::Mode::kPaused);
  EXPECT_EQ(gate.next_probe, kNow + kPolicy.paused_probe_wait);
  EXPECT_EQ(after(gate, AttemptEnd::kAmbiguous).mode, Gate::Mode::kPaused);
  EXPECT_EQ(after(gate, AttemptEnd::kStored).mode, Gate::Mode::kOpen);
}

}  // namespace
}  // namespace aifx::outbox
