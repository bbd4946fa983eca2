#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/backend_client.h"
#include "client/backend/record_json.h"
#include "client/backend/rows.h"
#include "client/backend/values.h"
#include "client/http/http_failure.h"
#include "core/base/ids.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::backend {
namespace {

constexpr int64_t kPredictionPage = 100;  // the most that the backend gives at a time

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
  ListCall call{.route = {"GET", "/predictions", "listing predictions"},
                .rows = "predictions",
                .page_size = kPredictionPage};
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
  records::PredictionPage page;
  const auto take = [&](const nlohmann::json& row, size_t index) -> absl::Status {
    AIFX_ASSIGN_OR_RETURN(records::PredictionRecord record, PredictionRecordOf(row, index));
    page.predictions.push_back(std::move(record));
    return absl::OkStatus();
  };
  AIFX_ASSIGN_OR_RETURN(const RowCount count,
                        ReadRows(channel_, call, query.offset, query.limit, take, context));
  page.total = count.total;
  page.skipped = count.skipped;
  return page;
}

}  // namespace aifx::backend
