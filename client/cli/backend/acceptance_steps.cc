// The 14 checks. Each makes one call, so that its time is the route's.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/backend/model_catalog.h"
#include "client/backend/training_data.h"
#include "client/cli/backend/acceptance_run.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::cli {
namespace {

constexpr char kModelName[] = "aifx-acceptance-check";
constexpr char kMark[] = "aifx backend check";
constexpr size_t kCandles = 100;

absl::Status NotRun(const char* missing) {
  return base::WithReason(absl::FailedPreconditionError(missing), "NOT_RUN");
}

std::string Counted(int64_t count, const char* noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

// "12 signals in all", and what was left out.
template <typename T>
std::string PageWord(const backend::Page<T>& page, const char* noun) {
  std::string text = Counted(page.total, noun);
  if (page.skipped > 0) {
    absl::StrAppend(&text, "; ", page.skipped, " of ", page.received, " read make no sense");
  }
  return text;
}

}  // namespace

AcceptanceRun::Detail AcceptanceRun::Health() {
  AIFX_ASSIGN_OR_RETURN(const backend::BackendHealth health, deps_.client.Health(context_));
  return health.service.empty() ? health.status : absl::StrCat(health.status, ", ", health.service);
}

AcceptanceRun::Detail AcceptanceRun::RegisterModel() {
  if (version_base_.empty()) {
    version_base_ =
        absl::StrCat(absl::FormatTime("%Y%m%d%H%M%S", deps_.clock.Now(), absl::UTCTimeZone()), "-",
                     deps_.new_uuid().substr(0, 4));
  }
  const std::string version =
      model_ids_.empty() ? version_base_ : absl::StrCat(version_base_, "-", model_ids_.size());
  const std::string description =
      absl::StrCat("Made by `", kMark, "` to try the route. Not a model; safe to delete.");
  AIFX_ASSIGN_OR_RETURN(const std::string id,
                        deps_.client.Register({.model_name = kModelName,
                                               .version = version,
                                               .algorithm = "acceptance-check",
                                               .hyperparameters = {{"source", kMark}},
                                               .training_metrics = {{"source", kMark}},
                                               .training_data_info = {{"source", kMark}},
                                               .description = description},
                                              context_));
  model_ids_.push_back(id);
  newest_version_ = version;
  return absl::StrCat(kModelName, " ", version);
}

AcceptanceRun::Detail AcceptanceRun::UpdateModelStatus() {
  if (model_ids_.empty()) return NotRun("needs check 2");
  AIFX_RETURN_IF_ERROR(deps_.client.SetStatus(model_ids_.back(), "testing", false, context_));
  return std::string("trained -> testing, not active");
}

AcceptanceRun::Detail AcceptanceRun::LogTraining() {
  if (model_ids_.empty()) return NotRun("needs check 2");
  const absl::Time now = deps_.clock.Now();
  training::TrainingSession session{.model_version = newest_version_,
                                    .training_type = "full",
                                    .data_start = now - absl::Hours(1),
                                    .data_end = now,
                                    .num_samples = 1,
                                    .train_samples = 1,
                                    .validation_samples = 1,
                                    .hyperparameters = {{"source", kMark}},
                                    .duration = absl::Seconds(1),
                                    .notes = absl::StrCat("Made by `", kMark, "`.")};
  AIFX_RETURN_IF_ERROR(deps_.client.Log(model_ids_.back(), session, context_));
  return std::string("full, 1 sample");
}

AcceptanceRun::Detail AcceptanceRun::SubmitPrediction() {
  const std::string request_id = deps_.new_uuid();
  AIFX_ASSIGN_OR_RETURN(
      const records::SubmissionReceipt receipt,
      deps_.client.Submit({.request_id = request_id,
                           .pair = options_.pair,
                           .timeframe = options_.timeframe,
                           .signal = records::Signal::kHold,
                           .confidence = 0.01,
                           .entry_price = 1.0,
                           .technical_data_json = absl::StrCat("{\"source\":\"", kMark, "\"}"),
                           .model_version_id = model_ids_.empty() ? "" : model_ids_.back()},
                          context_));
  prediction_ids_.push_back(receipt.backend_prediction_id);
  return absl::StrCat("HOLD ", options_.pair.ToString(), ", request_id ", request_id);
}

AcceptanceRun::Detail AcceptanceRun::UpdateOutcome() {
  if (prediction_ids_.empty()) return NotRun("needs check 5");
  const std::string& id = prediction_ids_[std::min(outcomes_, prediction_ids_.size() - 1)];
  AIFX_RETURN_IF_ERROR(
      deps_.client
          .UpdateOutcome({.prediction_id = id, .outcome = records::Outcome::kBreakeven}, context_)
          .status());
  outcomes_ = std::min(outcomes_ + 1, prediction_ids_.size());
  return std::string("break even, 0 pips");
}

AcceptanceRun::Detail AcceptanceRun::Accuracy() {
  const std::string model = model_ids_.empty() ? "" : model_ids_.front();
  AIFX_ASSIGN_OR_RETURN(
      const records::Accuracy accuracy,
      deps_.client.GetAccuracy(
          {.model_version_id = model, .pair = {}, .start = {}, .end = {}, .min_confidence = {}},
          context_));
  return absl::StrCat(Counted(accuracy.total_predictions, "prediction"), " with an outcome",
                      model.empty() ? "" : " of the version of check 2");
}

AcceptanceRun::Detail AcceptanceRun::MarketData() {
  std::vector<market::Candle> candles;
  if (candle_window_.has_value()) {  // known by now: one call
    AIFX_ASSIGN_OR_RETURN(
        candles, deps_.client.Range(options_.pair, options_.timeframe, candle_window_->first,
                                    candle_window_->second, context_));
  } else {
    AIFX_ASSIGN_OR_RETURN(candles, deps_.client.Newest(options_.pair, options_.timeframe, kCandles,
                                                       deps_.clock.Now(), context_));
  }
  const std::string series =
      absl::StrCat(options_.pair.ToString(), " ", market::TimeframeName(options_.timeframe));
  if (candles.empty()) return absl::StrCat("no candles of ", series, " yet");
  candle_window_ = {candles.front().open_time, candles.back().open_time + absl::Milliseconds(1)};
  has_spread_ = candles.back().spread_pips.has_value();
  return absl::StrCat(candles.size(), " candles of ", series, " up to ",
                      TimeWord(candles.back().open_time));
}

AcceptanceRun::Detail AcceptanceRun::Signals() {
  AIFX_ASSIGN_OR_RETURN(
      const auto page,
      backend::TrainingDataClient(deps_.client.channel())
          .Signals({.pair = {}, .outcome = {}, .min_confidence = {}, .limit = 100}, context_));
  return PageWord(page, "signal");
}

AcceptanceRun::Detail AcceptanceRun::Trades() {
  AIFX_ASSIGN_OR_RETURN(const auto page,
                        backend::TrainingDataClient(deps_.client.channel())
                            .Trades({.pair = {}, .status = {}, .limit = 100}, context_));
  return PageWord(page, "trade");
}

AcceptanceRun::Detail AcceptanceRun::Stats() {
  const auto answer =
      backend::TrainingDataClient(deps_.client.channel()).Stats(std::nullopt, context_);
  key_is_refused_ = absl::IsFailedPrecondition(answer.status());
  AIFX_ASSIGN_OR_RETURN(const backend::TrainingDataStats stats, answer);
  return absl::StrCat(Counted(stats.market_data.count, "candle"), ", ",
                      Counted(stats.signals.count, "signal"), ", ",
                      Counted(stats.trades.count, "trade"));
}

AcceptanceRun::Detail AcceptanceRun::ModelVersions() {
  const std::string name = model_ids_.empty() ? "" : kModelName;
  AIFX_ASSIGN_OR_RETURN(
      const auto page,
      backend::ModelCatalog(deps_.client.channel()).List({.name = name, .limit = 100}, context_));
  if (!model_ids_.empty() &&
      std::none_of(page.rows.begin(), page.rows.end(), [&](const backend::ModelVersion& model) {
        return model.id == model_ids_.back();
      })) {
    return absl::InternalError("the version of check 2 is not in the list");
  }
  return PageWord(page, "version") + (name.empty() ? "" : absl::StrCat(" of ", name));
}

AcceptanceRun::Detail AcceptanceRun::InvalidKey() {
  const absl::Status status =
      backend::TrainingDataClient(deps_.stranger.channel()).Stats(std::nullopt, context_).status();
  if (status.ok()) {
    return absl::FailedPreconditionError(
        "the backend answers with a key that was made up: anybody can read and write");
  }
  // 401 and 403 only (client/backend/status_mapping.h).
  if (!absl::IsFailedPrecondition(status)) return status;
  const std::string reason = base::ReasonOf(status);
  return absl::StrCat("refused", reason.empty() ? "" : absl::StrCat(": ", reason));
}

}  // namespace aifx::cli
