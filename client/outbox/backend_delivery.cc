#include "client/outbox/backend_delivery.h"

#include "core/base/status_macros.h"

namespace aifx::outbox {

absl::StatusOr<std::string> BackendDelivery::PostPrediction(const records::Submission& submission,
                                                            const base::CallContext& context) {
  AIFX_ASSIGN_OR_RETURN(const records::SubmissionReceipt receipt,
                        client_.Submit(submission, context));
  return receipt.backend_prediction_id;
}

absl::StatusOr<records::OutcomeReceipt> BackendDelivery::PutOutcome(
    const records::OutcomeUpdate& update, const base::CallContext& context) {
  return client_.UpdateOutcome(update, context);
}

backend::LookupResult BackendDelivery::LookUp(const std::vector<backend::Sought>& sought,
                                              const base::CallContext& context) {
  return lookup_.Find(sought, context);
}

std::optional<absl::Duration> BackendDelivery::ClockOffset() {
  return client_.channel().clock_offset();
}

}  // namespace aifx::outbox
