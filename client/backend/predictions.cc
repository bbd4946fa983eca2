#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/backend_client.h"
#include "client/backend/record_json.h"
#include "client/backend/values.h"
#include "client/http/http_failure.h"
#include "core/base/ids.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::backend {
namespace {

// An error after which nobody knows whether the prediction is stored.
absl::Status AmbiguousError(const absl::Status& cause, const std::string& request_id) {
  const absl::StatusCode code =
      absl::IsCancelled(cause) ? absl::StatusCode::kCancelled : absl::StatusCode::kUnavailable;
  absl::Status status(
      code, absl::StrCat("the prediction may have been stored all the same: before submitting it "
                         "again, look for request_id ",
                         request_id,
                         " in ListPredictions (the backend keeps it as "
                         "factors.client_request_id); cause: ",
                         cause.message()));
  // Nothing else of the cause: a hint when to repeat it would invite a duplicate.
  status = http::WithHttpFailure(std::move(status), http::HttpFailureOf(cause));
  return base::WithReason(std::move(status), "SUBMISSION_AMBIGUOUS");
}

absl::StatusOr<std::string> StoredId(const nlohmann::json& data) {
  ObjectReader reader(data, "data");
  std::string id = reader.String("predictionId");
  AIFX_RETURN_IF_ERROR(reader.status());
  return id;
}

}  // namespace

absl::StatusOr<records::SubmissionReceipt> BackendClient::Submit(
    const records::Submission& submission, const base::CallContext& context) {
  if (!base::IsUuid(submission.request_id)) {
    return base::InvalidArgument(
        {{"request_id", absl::StrCat("request_id \"", submission.request_id, "\" is not a UUID")}});
  }
  Call call{.route = {"POST", "/predictions", "submitting predictions"}};
  AIFX_ASSIGN_OR_RETURN(call.body, SubmissionJson(submission));
  call.idempotent = false;
  call.idempotency_key = submission.request_id;
  const absl::StatusOr<nlohmann::json> data = channel_.Send(call, context);
  absl::StatusOr<std::string> id = data.ok() ? StoredId(*data) : data.status();
  if (!id.ok()) {
    if (!MayHaveBeenApplied(id.status())) return id.status();
    absl::Status error = AmbiguousError(id.status(), submission.request_id);
    channel_.logger().Warning("a prediction may or may not have been stored",
                              {{"request_id", context.request_id},
                               {"submission", submission.request_id},
                               {"cause", std::string(id.status().message())}});
    return error;
  }
  return records::SubmissionReceipt{.request_id = submission.request_id,
                                    .state = records::SubmissionState::kAcked,
                                    .backend_prediction_id = *std::move(id)};
}

absl::StatusOr<records::PredictionPage> BackendClient::ListPredictions(
    const records::PredictionQuery& query, const base::CallContext& context) {
  Call call{.route = {"GET", "/predictions", "listing predictions"}};
  if (query.pair.has_value()) call.query.emplace_back("pair", query.pair->ToString());
  if (query.status.has_value()) {
    call.query.emplace_back("status", std::string(records::PredictionStatusName(*query.status)));
  }
  if (query.outcome.has_value()) {
    call.query.emplace_back("outcome", std::string(records::OutcomeName(*query.outcome)));
  }
  if (query.min_confidence.has_value()) {
    call.query.emplace_back("minConfidence", absl::StrCat(*query.min_confidence));
  }
  call.query.emplace_back("limit", absl::StrCat(query.limit));
  call.query.emplace_back("offset", absl::StrCat(query.offset));
  AIFX_ASSIGN_OR_RETURN(const nlohmann::json data, channel_.Send(call, context));

  ObjectReader reader(data, "data");
  const nlohmann::json& rows = reader.Array("predictions");
  ObjectReader pagination(reader.Object("pagination"), "pagination");
  records::PredictionPage page;
  page.total = pagination.Integer("total");
  AIFX_RETURN_IF_ERROR(reader.status());
  AIFX_RETURN_IF_ERROR(pagination.status());
  page.predictions.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    AIFX_ASSIGN_OR_RETURN(records::PredictionRecord record, PredictionRecordOf(rows[i], i));
    page.predictions.push_back(std::move(record));
  }
  return page;
}

}  // namespace aifx::backend
