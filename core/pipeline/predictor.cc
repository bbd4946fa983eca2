#include "core/pipeline/predictor.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/market/validation.h"
#include "core/pipeline/prediction_builder.h"
#include "core/pipeline/stage_timer.h"
#include "core/pipeline/undefined_feature.h"

namespace aifx::pipeline {
namespace {

std::string Utc(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

absl::Status TooFewFetched(const PreparedRequest& prepared, size_t came) {
  return base::WithReason(
      absl::FailedPreconditionError(absl::StrCat(
          "the backend has ", came, " closed candles of ", prepared.request.pair.ToString(), " ",
          market::TimeframeName(prepared.request.timeframe), " up to ", Utc(prepared.now), ", ",
          prepared.candles_needed, " are needed")),
      "TOO_FEW_CANDLES");
}

// The first candle whose volume a row of the window depends on.
size_t FirstVolume(const PreparedRequest& prepared) {
  const features::FeatureSet& set = *prepared.feature_set;
  if (set.volume_memory() == 0) return market::kNoVolumeNeeded;
  const size_t before = prepared.candles.size() - prepared.Window().size();
  const size_t rows = set.warm_up() + 1;  // the first one's candle, counted from 1
  return before + (rows > set.volume_memory() ? rows - set.volume_memory() : 0);
}

std::vector<base::FieldViolation> CheckRisk(const decision::RiskOptions& risk) {
  std::vector<base::FieldViolation> violations;
  if (!std::isfinite(risk.min_reward_ratio) || risk.min_reward_ratio < 0) {
    violations.push_back({"risk.min_risk_reward_ratio",
                          absl::StrCat("risk.min_risk_reward_ratio ", risk.min_reward_ratio,
                                       " is not a number of 0 or more")});
  }
  if (!(risk.risk_percent > 0 && risk.risk_percent <= 100)) {
    violations.push_back({"risk.risk_per_trade_percent",
                          absl::StrCat("risk.risk_per_trade_percent ", risk.risk_percent,
                                       " is not above 0 and up to 100")});
  }
  return violations;
}

void AddDecisionWarnings(const decision::Decision& decision, const model::Manifest& manifest,
                         const PredictRequest& request, std::vector<base::Warning>& warnings) {
  if (decision.expected_net.has_value() && *decision.expected_net <= 0) {
    warnings.push_back(
        {"EDGE_BELOW_COST", absl::StrFormat("the expected result after the spread is %.2f pips",
                                            *decision.expected_net / request.pair.PipSize())});
  }
  if (manifest.pair != request.pair.ToString() ||
      manifest.timeframe != market::TimeframeName(request.timeframe)) {
    warnings.push_back(
        {"MODEL_OF_ANOTHER_SERIES",
         absl::StrCat("the model was trained for ", manifest.pair, " ", manifest.timeframe)});
  }
}

}  // namespace

Predictor::Predictor(const serving::ModelRegistry& registry, market::CandleSource* source,
                     base::Clock& clock, PredictorOptions options)
    : registry_(registry), source_(source), clock_(clock), options_(options) {
  SetStalePolicy(options.stale_policy, options.stale_after_bars);
}

absl::StatusOr<PreparedRequest> Predictor::Prepare(PredictRequest request) const {
  AIFX_ASSIGN_OR_RETURN(serving::ServedModel served,
                        registry_.Acquire(request.model, request.pair, request.timeframe));
  const model::Manifest& manifest = served.model->manifest();
  AIFX_ASSIGN_OR_RETURN(const features::FeatureSet* set,
                        features::FindFeatureSet(manifest.feature_set));
  if (auto violations = CheckRisk(request.risk); !violations.empty()) {
    return base::InvalidArgument(violations);
  }
  PreparedRequest prepared{.request = std::move(request), .served = std::move(served)};
  prepared.feature_set = set;
  prepared.candles_needed = set->CandlesNeeded(static_cast<size_t>(manifest.sequence));
  prepared.candles_wanted = set->CandlesWanted(static_cast<size_t>(manifest.sequence));
  prepared.now = prepared.request.as_of.value_or(clock_.Now());
  prepared.needs_context = !set->ContextPairs(prepared.request.pair).empty();
  prepared.context = std::exchange(prepared.request.context, {});
  AIFX_RETURN_IF_ERROR(CheckGivenContext(prepared.context, OwnerOf(prepared), options_.max_candles,
                                         prepared.warnings));
  if (!prepared.request.candles.has_value()) {
    if (source_ == nullptr) {
      return absl::FailedPreconditionError("candles are missing and no backend is configured");
    }
    return prepared;
  }
  prepared.candles = *std::exchange(prepared.request.candles, std::nullopt);
  StageTimer timer(prepared.times.validate);
  AIFX_RETURN_IF_ERROR(CheckCandles(prepared));
  AIFX_RETURN_IF_ERROR(
      RequireContext(prepared.candles, OwnerOf(prepared), prepared.context, prepared.warnings));
  ChooseVersion(prepared);
  return prepared;
}

void Predictor::ChooseVersion(PreparedRequest& prepared) const {
  if (options_.experiments == nullptr || prepared.request.model.version != 0) return;
  const market::Timeframe timeframe = prepared.request.timeframe;
  const absl::Time as_of = market::CloseTime(timeframe, prepared.candles.back().open_time);
  prepared.part = TakePart(*options_.experiments, registry_,
                           {prepared.request.pair, timeframe, as_of}, prepared.served);
}

ContextOwner Predictor::OwnerOf(const PreparedRequest& prepared) {
  return {*prepared.feature_set, prepared.request.pair, prepared.request.timeframe, prepared.now};
}

absl::Status Predictor::CheckCandles(PreparedRequest& prepared) const {
  market::CandleRules rules;
  rules.min_candles = prepared.candles_needed;
  rules.max_candles = options_.max_candles;
  rules.volume_from = FirstVolume(prepared);
  market::CandleFindings findings =
      market::ValidateCandles(prepared.candles, prepared.request.timeframe, prepared.now, rules);
  if (!findings.violations.empty()) return base::InvalidArgument(findings.violations);
  for (base::Warning& warning : findings.warnings) {
    prepared.warnings.push_back(std::move(warning));
  }
  if (prepared.candles.size() < prepared.candles_wanted) {
    prepared.warnings.push_back(
        {"SHORT_HISTORY",
         absl::StrCat("feature set ", prepared.feature_set->name(),
                      " never forgets its first candle quite: with ", prepared.candles.size(),
                      " candles instead of ", prepared.candles_wanted,
                      " its values differ from those the model was trained on")});
  }
  return absl::OkStatus();
}

absl::Status Predictor::Fetch(PreparedRequest& prepared, const base::CallContext& context) const {
  std::vector<market::Candle> candles;
  {
    StageTimer timer(prepared.times.fetch);
    AIFX_ASSIGN_OR_RETURN(candles, ReadNewest(prepared, context));
  }
  AIFX_RETURN_IF_ERROR(Adopt(prepared, std::move(candles)));
  if (!prepared.needs_context) return absl::OkStatus();
  StageTimer timer(prepared.times.fetch);
  const ContextOwner owner = OwnerOf(prepared);
  AIFX_RETURN_IF_ERROR(FetchContext(prepared.candles, owner, *source_, context, prepared.context));
  return RequireContext(prepared.candles, owner, prepared.context, prepared.warnings);
}

absl::StatusOr<std::vector<market::Candle>> Predictor::ReadNewest(
    const PreparedRequest& prepared, const base::CallContext& context) const {
  return source_->Newest(prepared.request.pair, prepared.request.timeframe, prepared.candles_wanted,
                         prepared.now, context);
}

absl::StatusOr<std::vector<market::Candle>> Predictor::ReadFrom(
    const PreparedRequest& prepared, absl::Time start, const base::CallContext& context) const {
  const market::Timeframe timeframe = prepared.request.timeframe;
  AIFX_ASSIGN_OR_RETURN(
      std::vector<market::Candle> candles,
      source_->Range(prepared.request.pair, timeframe, start, prepared.now, context));
  market::DropInProgress(timeframe, prepared.now, candles);
  return candles;
}

absl::Status Predictor::Adopt(PreparedRequest& prepared,
                              std::vector<market::Candle> candles) const {
  prepared.candles = std::move(candles);
  prepared.fetched = true;
  if (prepared.candles.size() < prepared.candles_needed) {
    return TooFewFetched(prepared, prepared.candles.size());
  }
  {
    StageTimer timer(prepared.times.validate);
    if (const absl::Status checked = CheckCandles(prepared); !checked.ok()) {
      // The caller did nothing wrong: the backend's own candles are.
      return UnusableCandles(prepared, checked.message());
    }
  }
  ChooseVersion(prepared);
  return absl::OkStatus();
}

std::vector<absl::StatusOr<PredictAnswer>> Predictor::Run(absl::Span<PreparedRequest> items) const {
  std::vector<PreparedRequest*> pointers;
  for (PreparedRequest& item : items) pointers.push_back(&item);
  const std::vector<absl::StatusOr<Logits>> logits = Compute(pointers);
  std::vector<absl::StatusOr<PredictAnswer>> answers;
  for (size_t i = 0; i < items.size(); ++i) {
    if (logits[i].ok()) {
      answers.emplace_back(Decide(items[i], *logits[i]));
    } else {
      answers.emplace_back(InTermsOf(items[i], logits[i].status()));
    }
  }
  return answers;
}

records::HoldReason Predictor::HoldOf(PreparedRequest& item, absl::Time as_of,
                                      const DecisionPolicy& policy) const {
  const model::Manifest& manifest = item.served.model->manifest();
  if (options_.kill_switches != nullptr) {
    if (const auto off = options_.kill_switches->Find(item.request.pair, manifest.name)) {
      item.warnings.push_back({"KILL_SWITCH", off->reason});
      return records::HoldReason::kKillSwitch;
    }
  }
  if (policy.model_expires_after > absl::ZeroDuration() &&
      item.now >= manifest.trained_until + policy.model_expires_after) {
    item.warnings.push_back(
        {"MODEL_EXPIRED",
         absl::StrCat("the model knows the market until ", Utc(manifest.trained_until),
                      "; it is used for ", absl::FormatDuration(policy.model_expires_after))});
    return records::HoldReason::kModelExpired;
  }
  return MarketHold(item, as_of, policy);
}

records::HoldReason Predictor::MarketHold(PreparedRequest& item, absl::Time as_of,
                                          const DecisionPolicy& policy) const {
  const market::Timeframe timeframe = item.request.timeframe;
  const absl::Time stale_from = calendar_.HorizonEnd(timeframe, as_of, policy.stale_after_bars);
  if (item.now > stale_from) {
    if (policy.stale_policy == StalePolicy::kHold) return records::HoldReason::kStaleCandles;
    item.warnings.push_back(
        {"STALE_CANDLES", absl::StrCat("the newest candle closed at ", Utc(as_of),
                                       "; by the trading calendar newer ones should be there")});
    return calendar_.IsOpen(as_of) ? records::HoldReason::kNone
                                   : records::HoldReason::kMarketClosed;
  }
  return calendar_.IsOpen(item.now) ? records::HoldReason::kNone
                                    : records::HoldReason::kMarketClosed;
}

PredictAnswer Predictor::Decide(PreparedRequest& item, absl::Span<const float> logits) const {
  const int64_t start = absl::GetCurrentTimeNanos();
  const model::Manifest& manifest = item.served.model->manifest();
  // Only what the features saw, so that older history changes nothing in the answer.
  const auto candles = absl::MakeConstSpan(item.candles).last(item.candles_needed);
  const std::vector<double> probabilities =
      decision::Calibrate(logits, manifest.calibration.slope, manifest.calibration.intercept);
  const decision::DecisionInput input =
      DecisionInputOf(manifest, candles, item.request.pair, probabilities, item.request.risk);

  const absl::Time as_of = market::CloseTime(item.request.timeframe, candles.back().open_time);
  const DecisionPolicy policy{stale_policy_.load(), stale_after_bars_.load(),
                              options_.model_expires_after};
  const records::HoldReason hold = HoldOf(item, as_of, policy);
  const decision::Decision decision =
      hold == records::HoldReason::kNone ? decision::Decide(input) : decision::Hold(input, hold);
  AddDecisionWarnings(decision, manifest, item.request, item.warnings);

  records::Prediction prediction{.id = item.request.request_id,
                                 .pair = item.request.pair,
                                 .timeframe = item.request.timeframe};
  prediction.as_of = as_of;
  prediction.valid_until =
      calendar_.HorizonEnd(item.request.timeframe, as_of, manifest.horizon_bars);
  for (size_t c = 0; c < probabilities.size(); ++c) {
    prediction.probabilities.emplace_back(manifest.classes[c], probabilities[c]);
  }
  CopyDecision(decision, prediction);
  prediction.factors = FactorsOf(manifest, *item.feature_set);
  prediction.market_condition = decision::ConditionOf(candles);
  prediction.model = ReferenceOf(manifest, item.served.model->kernel(), item.served.backend_id);
  prediction.feature_set_name = item.feature_set->name();
  prediction.feature_set_hash = item.feature_set->hash();
  prediction.warnings = std::move(item.warnings);
  const bool answers = !item.answers_nobody && as_of >= item.request.answers_from;
  if (answers && options_.listener != nullptr) {
    options_.listener->OnPrediction(item, policy, logits, prediction);
  }
  item.times.decide = absl::Nanoseconds(absl::GetCurrentTimeNanos() - start);
  return {std::move(prediction), item.times};
}

}  // namespace aifx::pipeline
