#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/backend/backend_client.h"
#include "client/backend/record_json.h"
#include "client/backend/values.h"
#include "core/base/ids.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

constexpr int64_t kPredictionPage = 100;  // the most that the backend gives at a time

}  // namespace

absl::StatusOr<records::OutcomeReceipt> BackendClient::PutOutcome(
    const std::string& backend_id, const records::OutcomeUpdate& update,
    const base::CallContext& context) {
  Call call{.route = {"PUT", "/predictions/:id/outcome", "setting outcomes"}};
  call.path = absl::StrCat("/predictions/", http::PercentEncode(backend_id), "/outcome");
  call.body = json{{"outcome", std::string(records::OutcomeName(update.outcome))},
                   {"actualPnL", update.pnl_pips},
                   {"actualPnLPercent", update.pnl_percent}};
  AIFX_ASSIGN_OR_RETURN(const json data, channel_.Send(call, context));
  ObjectReader reader(data, "data");
  records::OutcomeReceipt receipt;
  receipt.backend_prediction_id = reader.OptionalString("predictionId").value_or(backend_id);
  receipt.outcome =
      reader.OptionalParsed("outcome", records::ParseOutcome).value_or(update.outcome);
  receipt.pnl_pips = reader.OptionalNumber("actualPnL");
  receipt.pnl_percent = reader.OptionalNumber("actualPnLPercent");
  receipt.duration_minutes = reader.OptionalInteger("durationMinutes");
  AIFX_RETURN_IF_ERROR(reader.status());
  return receipt;
}

absl::StatusOr<std::string> BackendClient::FindByRequestId(const std::string& request_id,
                                                           const base::CallContext& context) {
  const int64_t limit = channel_.config().prediction_scan_limit;
  int64_t seen = 0;
  int64_t total = 0;
  while (seen < limit) {
    // Newest first: a prediction stored meanwhile moves others to later pages, so that some are
    // seen twice but none is missed.
    Call call{.route = {"GET", "/predictions", "looking up predictions"}};
    call.query = {{"limit", absl::StrCat(std::min(kPredictionPage, limit - seen))},
                  {"offset", absl::StrCat(seen)}};
    AIFX_ASSIGN_OR_RETURN(const json data, channel_.Send(call, context));
    ObjectReader reader(data, "data");
    const json& rows = reader.Array("predictions");
    ObjectReader pagination(reader.Object("pagination"), "pagination");
    total = pagination.Integer("total");
    AIFX_RETURN_IF_ERROR(reader.status());
    AIFX_RETURN_IF_ERROR(pagination.status());
    for (const json& row : rows) {
      if (absl::EqualsIgnoreCase(ClientRequestIdOf(row), request_id)) return RowIdOf(row);
    }
    seen += static_cast<int64_t>(rows.size());
    if (rows.empty() || seen >= total) break;
  }
  return base::WithReason(
      absl::NotFoundError(absl::StrCat(
          "no prediction has the id or the request_id ", request_id, " (looked through the ",
          seen < total ? "newest " : "", seen, " of ", total, " predictions)",
          seen < total ? "; an older one is found by the backend's own id only" : "")),
      "PREDICTION_NOT_FOUND");
}

absl::StatusOr<records::OutcomeReceipt> BackendClient::UpdateOutcome(
    const records::OutcomeUpdate& update, const base::CallContext& context) {
  // The database answers an id that is no UUID with a server error.
  if (!base::IsUuid(update.prediction_id)) {
    return base::InvalidArgument(
        {{"prediction_id",
          absl::StrCat("prediction_id \"", update.prediction_id, "\" is not a UUID")}});
  }
  absl::StatusOr<records::OutcomeReceipt> receipt =
      PutOutcome(update.prediction_id, update, context);
  if (!absl::IsNotFound(receipt.status())) return receipt;
  AIFX_ASSIGN_OR_RETURN(const std::string backend_id,
                        FindByRequestId(update.prediction_id, context));
  return PutOutcome(backend_id, update, context);
}

absl::StatusOr<records::Accuracy> BackendClient::GetAccuracy(const records::AccuracyQuery& query,
                                                             const base::CallContext& context) {
  Call call{.route = {"GET", "/predictions/accuracy", "reading the accuracy"}};
  if (!query.model_version_id.empty()) {
    call.query.emplace_back("modelVersionId", query.model_version_id);
  }
  if (query.pair.has_value()) call.query.emplace_back("pair", query.pair->ToString());
  if (query.start.has_value()) call.query.emplace_back("startDate", FormatTimestamp(*query.start));
  if (query.end.has_value()) call.query.emplace_back("endDate", FormatTimestamp(*query.end));
  if (query.min_confidence.has_value()) {
    call.query.emplace_back("minConfidence", absl::StrCat(*query.min_confidence));
  }
  AIFX_ASSIGN_OR_RETURN(const json data, channel_.Send(call, context));

  // An average over no predictions is null.
  ObjectReader reader(data, "data");
  ObjectReader overall(reader.Object("overall"), "overall");
  ObjectReader distribution(reader.OptionalObject("outcomeDistribution"), "outcomeDistribution");
  ObjectReader performance(reader.OptionalObject("performance"), "performance");
  records::Accuracy accuracy;
  accuracy.total_predictions = overall.Integer("totalPredictions");
  accuracy.win_rate_percent = overall.OptionalNumber("winRate").value_or(0);
  accuracy.average_pnl = overall.OptionalNumber("averagePnL").value_or(0);
  accuracy.total_pnl = overall.OptionalNumber("totalPnL").value_or(0);
  accuracy.wins = distribution.OptionalInteger("wins").value_or(0);
  accuracy.losses = distribution.OptionalInteger("losses").value_or(0);
  accuracy.breakeven = distribution.OptionalInteger("breakeven").value_or(0);
  accuracy.total_trades = performance.OptionalInteger("totalTrades").value_or(0);
  if (reader.Has("accuracyByConfidence")) {
    const json& bands = reader.Array("accuracyByConfidence");
    for (size_t i = 0; i < bands.size(); ++i) {
      ObjectReader band(bands[i], "accuracyByConfidence", i);
      accuracy.by_confidence.push_back(
          {.range = band.String("confidenceRange"),
           .total_predictions = band.Integer("totalPredictions"),
           .accuracy_percent = band.OptionalNumber("accuracy").value_or(0)});
      AIFX_RETURN_IF_ERROR(band.status());
    }
  }
  for (const ObjectReader* part : {&reader, &overall, &distribution, &performance}) {
    AIFX_RETURN_IF_ERROR(part->status());
  }
  return accuracy;
}

}  // namespace aifx::backend
