#include "client/outbox/gate.h"

#include <algorithm>

namespace aifx::outbox {
namespace {

// Fewer failures in a row may be the submissions' own.
constexpr int kOutageFailures = 3;

}  // namespace

Gate AfterEnd(Gate gate, AttemptEnd end, absl::Duration retry_after, absl::Time now,
              const DeliveryPolicy& policy, double uniform) {
  if (end == AttemptEnd::kStored || end == AttemptEnd::kRefused) return {};
  ++gate.failures;
  if (end == AttemptEnd::kKeyRefused || gate.mode == Gate::Mode::kPaused) {
    gate.mode = Gate::Mode::kPaused;
    gate.next_probe = now + std::max(policy.paused_probe_wait, retry_after);
    return gate;
  }
  if (end != AttemptEnd::kLimited && gate.failures < kOutageFailures) return gate;
  DeliveryPolicy probing = policy;
  probing.max_backoff = policy.max_probe_wait;
  const int doublings = std::max(0, gate.failures - kOutageFailures);
  gate.mode = Gate::Mode::kProbing;
  gate.next_probe = now + std::max(retry_after, Backoff(doublings, probing, uniform));
  return gate;
}

bool MayStart(const Gate& gate, absl::Time now, int in_flight) {
  if (gate.mode == Gate::Mode::kOpen) return true;
  return in_flight == 0 && now >= gate.next_probe;
}

}  // namespace aifx::outbox
