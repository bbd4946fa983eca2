#include "client/cli/prediction_text.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/table.h"
#include "client/cli/words.h"

namespace aifx::cli {
namespace {

Tone SignalTone(pb::Signal signal) {
  switch (signal) {
    case pb::SIGNAL_BUY:
      return Tone::kGood;
    case pb::SIGNAL_SELL:
      return Tone::kBad;
    default:
      return Tone::kCaution;
  }
}

std::string Headline(const pb::Prediction& prediction, bool colour) {
  std::string text = absl::StrCat(
      Paint(absl::StrCat(prediction.pair(), " ", TimeframeWord(prediction.timeframe())),
            Tone::kStrong, colour),
      "  ", Paint(SignalWord(prediction.signal()), SignalTone(prediction.signal()), colour));
  if (prediction.signal() == pb::SIGNAL_HOLD) {
    absl::StrAppend(&text, " (", HoldReasonWord(prediction.hold_reason()), ")");
  } else if (prediction.signal_strength() != pb::SIGNAL_STRENGTH_UNSPECIFIED) {
    absl::StrAppend(&text, " (", StrengthWord(prediction.signal_strength()), ")");
  }
  return absl::StrCat(text,
                      absl::StrFormat("  confidence %.1f %%\n", prediction.confidence() * 100));
}

// A level and how far it is from the entry, positive in the signal's favour.
std::string Level(const pb::Prediction& prediction, double level) {
  const double side = prediction.signal() == pb::SIGNAL_SELL ? -1 : 1;
  const double pips = side * (level - prediction.entry_price()) / PipSize(prediction.pair());
  return absl::StrCat(PriceWord(level, prediction.pair()), "  ", PipsWord(pips));
}

std::string Levels(const pb::Prediction& prediction, bool colour) {
  std::string text =
      FactLine("entry", PriceWord(prediction.entry_price(), prediction.pair()), colour);
  if (prediction.has_take_profit()) {
    text += FactLine("take profit", Level(prediction, prediction.take_profit()), colour);
  }
  if (prediction.has_stop_loss()) {
    text += FactLine("stop loss", Level(prediction, prediction.stop_loss()), colour);
  }
  if (prediction.has_risk_reward_ratio()) {
    text +=
        FactLine("reward ratio", absl::StrFormat("%.2f", prediction.risk_reward_ratio()), colour);
  }
  if (prediction.has_position_size_percent()) {
    text +=
        FactLine("position size",
                 absl::StrFormat("%.2f %% of equity", prediction.position_size_percent()), colour);
  }
  return text;
}

std::string Evidence(const pb::Prediction& prediction, bool colour) {
  std::string probabilities;
  for (const pb::ClassProbability& each : prediction.probabilities()) {
    absl::StrAppend(&probabilities, probabilities.empty() ? "" : "  ", each.name(),
                    absl::StrFormat(" %.3f", each.probability()));
  }
  const pb::Factors& factors = prediction.factors();
  std::string text = FactLine("probabilities", probabilities, colour);
  text += FactLine("factors",
                   absl::StrFormat("technical %.2f  sentiment %.2f  pattern %.2f",
                                   factors.technical(), factors.sentiment(), factors.pattern()),
                   colour);
  if (prediction.market_condition() != pb::MARKET_CONDITION_UNSPECIFIED) {
    text += FactLine("market", ConditionWord(prediction.market_condition()), colour);
  }
  const pb::ModelReference& model = prediction.model();
  text += FactLine(
      "model",
      absl::StrCat(model.name(), " ", model.version(), ", ", model.label(), ", ", model.kernel()),
      colour);
  return text;
}

std::string SubmissionLine(const pb::Submission& submission, bool colour) {
  std::string value = SubmissionStateWord(submission.state());
  if (!submission.backend_prediction_id().empty()) {
    absl::StrAppend(&value, " as ", submission.backend_prediction_id());
  }
  if (submission.has_error()) absl::StrAppend(&value, ": ", submission.error().message());
  return FactLine("submission", value, colour);
}

std::string TimingsLine(const pb::StageTimings& timings, bool colour) {
  std::string value = DurationWord(FromProto(timings.total()));
  std::string stages;
  const auto add = [&stages](const char* name, bool ran, const google::protobuf::Duration& time) {
    if (!ran) return;
    absl::StrAppend(&stages, stages.empty() ? "" : ", ", name, " ", DurationWord(FromProto(time)));
  };
  add("fetch", timings.has_fetch(), timings.fetch());
  add("features", timings.has_features(), timings.features());
  add("queue", timings.has_queue(), timings.queue());
  add("inference", timings.has_inference(), timings.inference());
  add("submit", timings.has_submit(), timings.submit());
  if (!stages.empty()) absl::StrAppend(&value, " (", stages, ")");
  return FactLine("took", value, colour);
}

}  // namespace

std::string PredictionText(const pb::PredictResponse& response, bool colour) {
  const pb::Prediction& prediction = response.prediction();
  std::string text = Headline(prediction, colour);
  text += FactLine("as of", TimeWord(prediction.as_of()), colour);
  text += FactLine("valid until", TimeWord(prediction.valid_until()), colour);
  text += Levels(prediction, colour);
  text += Evidence(prediction, colour);
  for (const pb::Warning& warning : prediction.warnings()) {
    text += FactLine(
        "warning",
        absl::StrCat(Paint(warning.code(), Tone::kCaution, colour), ": ", warning.text()), colour);
  }
  if (response.has_submission()) text += SubmissionLine(response.submission(), colour);
  if (response.has_timings()) text += TimingsLine(response.timings(), colour);
  text += FactLine("id", prediction.id(), colour);
  return text;
}

}  // namespace aifx::cli
