#include "core/journal/replay.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "core/pipeline/prediction_builder.h"

namespace aifx::journal {
namespace {

class FixedClock final : public base::Clock {
 public:
  explicit FixedClock(absl::Time now) : now_(now) {}
  absl::Time Now() override { return now_; }
  void SleepFor(absl::Duration) override {}

 private:
  const absl::Time now_;
};

// The precision in a kernel's name, such as bf16 in "lstm-bf16-avx512bf16".
std::optional<model::Precision> PrecisionOf(const std::string& kernel) {
  const std::vector<std::string> parts = absl::StrSplit(kernel, '-');
  if (parts.size() < 2) return std::nullopt;
  return model::LstmPrecision(absl::StrCat(parts[0], "-", parts[1]));
}

// Bits, so that -0 is not 0.
template <typename T>
void Compare(const char* what, const std::vector<T>& then, const std::vector<T>& now,
             std::vector<std::string>& differences) {
  if (then.size() != now.size()) {
    differences.push_back(absl::StrCat(what, ": ", now.size(), " values instead of ", then.size()));
    return;
  }
  size_t count = 0;
  double largest = 0;
  for (size_t i = 0; i < then.size(); ++i) {
    if (std::memcmp(&then[i], &now[i], sizeof(T)) == 0) continue;
    ++count;
    largest = std::max(largest, std::abs(double{now[i]} - double{then[i]}));
  }
  if (count == 0) return;
  differences.push_back(absl::StrFormat("%s: %d of %d values differ, by %.3g at most", what, count,
                                        then.size(), largest));
}

void CompareText(const char* what, const std::string& then, const std::string& now,
                 std::vector<std::string>& differences) {
  if (then == now) return;
  differences.push_back(absl::StrCat(what, ": \"", now, "\" instead of \"", then, "\""));
}

std::vector<double> LevelsOf(const RecordedDecision& decision) {
  std::vector<double> values = {decision.confidence, decision.entry_price};
  for (const std::optional<double>& level : {decision.stop_loss, decision.take_profit,
                                             decision.risk_reward_ratio, decision.position_size}) {
    if (level.has_value()) values.push_back(*level);
  }
  return values;
}

void CompareDecisions(const RecordedDecision& then, const RecordedDecision& now,
                      std::vector<std::string>& differences) {
  CompareText("signal", then.signal, now.signal, differences);
  CompareText("hold reason", then.hold_reason, now.hold_reason, differences);
  Compare("probabilities", then.probabilities, now.probabilities, differences);
  Compare("confidence and levels", LevelsOf(then), LevelsOf(now), differences);
}

// An operator's switch is no rule that could be applied again: what it made of the probabilities
// is.
void ApplyKillSwitch(const JournalEntry& entry, const pipeline::PreparedRequest& item,
                     absl::Span<const float> logits, records::Prediction& prediction) {
  const model::Manifest& manifest = item.served.model->manifest();
  const std::vector<double> probabilities =
      decision::Calibrate(logits, manifest.calibration.slope, manifest.calibration.intercept);
  const decision::DecisionInput input = pipeline::DecisionInputOf(
      manifest, absl::MakeConstSpan(item.candles).last(item.candles_needed), entry.pair,
      probabilities, entry.risk);
  pipeline::CopyDecision(decision::Hold(input, records::HoldReason::kKillSwitch), prediction);
}

records::Prediction DecideAgain(const JournalEntry& entry, pipeline::PreparedRequest& item,
                                const pipeline::Predictor& predictor,
                                absl::Span<const float> logits) {
  records::Prediction prediction = predictor.Decide(item, logits).prediction;
  if (entry.decision.hold_reason == records::HoldReasonName(records::HoldReason::kKillSwitch)) {
    ApplyKillSwitch(entry, item, logits, prediction);
  }
  return prediction;
}

}  // namespace

absl::StatusOr<ReplayResult> ReplayWith(const JournalEntry& entry,
                                        std::shared_ptr<const model::Model> model) {
  AIFX_ASSIGN_OR_RETURN(pipeline::PreparedRequest item, PreparedOf(entry, std::move(model)));
  const model::ModelStore no_store("");
  const serving::ModelRegistry no_models(no_store, base::NullLogger());  // the item has its own
  FixedClock clock(entry.now);
  pipeline::PredictorOptions options;
  options.stale_policy = entry.policy.stale_policy;
  options.stale_after_bars = entry.policy.stale_after_bars;
  options.model_expires_after = entry.policy.model_expires_after;
  const pipeline::Predictor predictor(no_models, nullptr, clock, options);

  ReplayResult result;
  result.kernel = item.served.model->kernel();
  AIFX_ASSIGN_OR_RETURN(result.window, WindowOf(item));
  pipeline::PreparedRequest* const pointer = &item;
  auto logits = predictor.Compute(absl::MakeConstSpan(&pointer, 1));
  AIFX_ASSIGN_OR_RETURN(result.logits, std::move(logits[0]));
  result.decision = DecisionOf(DecideAgain(entry, item, predictor, result.logits));

  CompareText("feature set", entry.feature_set_hash, item.feature_set->hash(), result.differences);
  CompareText("kernel", entry.kernel, result.kernel, result.differences);
  Compare("window", entry.window, result.window, result.differences);
  Compare("logits", entry.logits, result.logits, result.differences);
  CompareDecisions(entry.decision, result.decision, result.differences);
  return result;
}

absl::StatusOr<ReplayResult> Replay(const JournalEntry& entry, const model::ModelStore& store) {
  model::LoadOptions options;
  options.precision = PrecisionOf(entry.kernel);
  AIFX_ASSIGN_OR_RETURN(std::shared_ptr<const model::Model> model,
                        model::LoadModel(store, entry.model, entry.version, options));
  return ReplayWith(entry, std::move(model));
}

}  // namespace aifx::journal
