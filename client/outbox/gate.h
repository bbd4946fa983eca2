#ifndef AIFX_CLIENT_OUTBOX_GATE_H_
#define AIFX_CLIENT_OUTBOX_GATE_H_

#include "absl/time/time.h"
#include "client/outbox/decisions.h"

namespace aifx::outbox {

// Whether the queue as a whole may send (docs/outbox.md, "Outage"). A value; what changes it are
// pure functions.
struct Gate {
  enum class Mode {
    kOpen,
    kProbing,  // the backend fails or limits us: one request at a time
    kPaused,   // it refuses our key: an operator has to act
  };
  Mode mode = Mode::kOpen;
  int failures = 0;  // in a row
  absl::Time next_probe = absl::InfinitePast();
};

// The gate after a request ended so. `retry_after` is what the backend asked for, or zero.
Gate AfterEnd(Gate gate, AttemptEnd end, absl::Duration retry_after, absl::Time now,
              const DeliveryPolicy& policy, double uniform);

// Whether another request may begin while `in_flight` are under way.
bool MayStart(const Gate& gate, absl::Time now, int in_flight);

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_GATE_H_
