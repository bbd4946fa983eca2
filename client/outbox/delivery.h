#ifndef AIFX_CLIENT_OUTBOX_DELIVERY_H_
#define AIFX_CLIENT_OUTBOX_DELIVERY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/backend/submission_lookup.h"
#include "core/base/call_context.h"
#include "core/records/record.h"

namespace aifx::outbox {

// What the outbox needs of the backend; BackendDelivery implements it. Calls block until the
// context's deadline at most; thread-safe.
class Delivery {
 public:
  virtual ~Delivery() = default;

  // Sends the prediction once and returns the backend's id of it. Errors as
  // backend::BackendClient::Submit: where it may have been stored, the reason is
  // SUBMISSION_AMBIGUOUS.
  virtual absl::StatusOr<std::string> PostPrediction(const records::Submission& submission,
                                                     const base::CallContext& context) = 0;
  // Sets an outcome; harmless to repeat. Errors as records::OutcomeSink.
  virtual absl::StatusOr<records::OutcomeReceipt> PutOutcome(const records::OutcomeUpdate& update,
                                                             const base::CallContext& context) = 0;
  // Which of these predictions the backend has. A failure is part of the result: what was seen
  // before it counts.
  virtual backend::LookupResult LookUp(const std::vector<backend::Sought>& sought,
                                       const base::CallContext& context) = 0;
  // The backend's clock less ours, by the newest reply; nothing where none came yet.
  virtual std::optional<absl::Duration> ClockOffset() = 0;
};

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_DELIVERY_H_
