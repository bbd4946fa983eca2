#ifndef AIFX_CLIENT_OUTBOX_PAYLOAD_H_
#define AIFX_CLIENT_OUTBOX_PAYLOAD_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/records/record.h"

namespace aifx::outbox {

// Submissions as the file keeps them: JSON with sorted keys and without spaces, so that equal
// content is equal text. Doubles come back to the last bit. Their id stands in a column of its own.

// InvalidArgument where technical_data_json is no JSON object.
absl::StatusOr<std::string> PayloadOf(const records::Submission& submission);
// InvalidArgument, naming the field, for a pnl that is not finite.
absl::StatusOr<std::string> PayloadOf(const records::OutcomeUpdate& update);

// The inverses. DataLoss for text that PayloadOf did not write.
absl::StatusOr<records::Submission> ParseSubmission(absl::string_view payload,
                                                    const std::string& request_id);
absl::StatusOr<records::OutcomeUpdate> ParseOutcomeUpdate(absl::string_view payload,
                                                          const std::string& prediction_id);

// The same for the backend's answer to an outcome.
std::string OutcomeReceiptText(const records::OutcomeReceipt& receipt);
absl::StatusOr<records::OutcomeReceipt> ParseOutcomeReceipt(absl::string_view text);

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_PAYLOAD_H_
