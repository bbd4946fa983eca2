#ifndef AIFX_CLIENT_OUTBOX_BACKEND_DELIVERY_H_
#define AIFX_CLIENT_OUTBOX_BACKEND_DELIVERY_H_

#include <string>
#include <vector>

#include "client/backend/backend_client.h"
#include "client/backend/submission_lookup.h"
#include "client/outbox/delivery.h"
#include "core/base/clock.h"

namespace aifx::outbox {

// Delivery over the backend's routes. Thread-safe.
class BackendDelivery final : public Delivery {
 public:
  // Both outlive this object.
  BackendDelivery(backend::BackendClient& client, base::Clock& clock)
      : client_(client), lookup_(client.channel(), clock) {}

  absl::StatusOr<std::string> PostPrediction(const records::Submission& submission,
                                             const base::CallContext& context) override;
  // An id that the backend does not know is taken for a request_id and searched for among the
  // newest predictions (BackendClient::UpdateOutcome).
  absl::StatusOr<records::OutcomeReceipt> PutOutcome(const records::OutcomeUpdate& update,
                                                     const base::CallContext& context) override;
  backend::LookupResult LookUp(const std::vector<backend::Sought>& sought,
                               const base::CallContext& context) override;
  std::optional<absl::Duration> ClockOffset() override;

 private:
  backend::BackendClient& client_;
  backend::SubmissionLookup lookup_;
};

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_BACKEND_DELIVERY_H_
