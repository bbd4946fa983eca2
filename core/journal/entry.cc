#include "core/journal/entry.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/pipeline/model_window.h"

namespace aifx::journal {

namespace {

// The series' candles that matter between two open times; never none, which would say that the
// series is missing.
absl::Span<const market::Candle> Between(absl::Span<const market::Candle> series, absl::Time first,
                                         absl::Time last) {
  const auto after = [&](absl::Time time) {
    const auto later = std::upper_bound(
        series.begin(), series.end(), time,
        [](absl::Time than, const market::Candle& candle) { return than < candle.open_time; });
    return static_cast<size_t>(later - series.begin());
  };
  const size_t begin = std::max<size_t>(after(first), 1) - 1;
  return series.subspan(begin, std::max<size_t>(after(last), begin + 1) - begin);
}

std::vector<features::OwnedContextSeries> Copied(
    const std::vector<features::ContextSeries>& context) {
  std::vector<features::OwnedContextSeries> copies;
  for (const features::ContextSeries& series : context) {
    copies.push_back({series.pair, {series.candles.begin(), series.candles.end()}});
  }
  return copies;
}

}  // namespace

std::vector<features::ContextSeries> UsedContext(const pipeline::PreparedRequest& item) {
  std::vector<features::ContextSeries> used;
  if (item.context.empty()) return used;
  const absl::Span<const market::Candle> window = item.Window();
  const std::vector<market::CurrencyPair> pairs = item.feature_set->ContextPairs(item.request.pair);
  for (const features::ContextSeries& series : features::ViewsOf(item.context)) {
    if (series.candles.empty() || !absl::c_linear_search(pairs, series.pair)) continue;
    used.push_back(
        {series.pair, Between(series.candles, window.front().open_time, window.back().open_time)});
  }
  return used;
}

RecordedDecision DecisionOf(const records::Prediction& prediction) {
  RecordedDecision decision;
  decision.signal = std::string(records::SignalName(prediction.signal));
  decision.hold_reason = std::string(records::HoldReasonName(prediction.hold_reason));
  for (const auto& [name, probability] : prediction.probabilities) {
    decision.probabilities.push_back(probability);
  }
  decision.confidence = prediction.confidence;
  decision.entry_price = prediction.entry_price;
  decision.stop_loss = prediction.stop_loss;
  decision.take_profit = prediction.take_profit;
  decision.risk_reward_ratio = prediction.risk_reward_ratio;
  decision.position_size = prediction.position_size;
  return decision;
}

JournalEntry EntryOf(const pipeline::PreparedRequest& item,
                     const std::vector<features::ContextSeries>& context,
                     const pipeline::DecisionPolicy& policy, absl::Span<const float> logits,
                     const records::Prediction& prediction, absl::Time recorded_at) {
  const absl::Span<const market::Candle> candles = item.Window();
  return {.id = prediction.id,
          .recorded_at = recorded_at,
          .pair = prediction.pair,
          .timeframe = prediction.timeframe,
          .model = prediction.model.name,
          .version = prediction.model.version,
          .kernel = prediction.model.kernel,
          .feature_set = prediction.feature_set_name,
          .feature_set_hash = prediction.feature_set_hash,
          .submitted = item.request.submitted,
          .now = item.now,
          .risk = item.request.risk,
          .policy = policy,
          .candles = {candles.begin(), candles.end()},
          .context = Copied(context),
          .window = {},
          .logits = {logits.begin(), logits.end()},
          .decision = DecisionOf(prediction)};
}

absl::StatusOr<pipeline::PreparedRequest> PreparedOf(const JournalEntry& entry,
                                                     std::shared_ptr<const model::Model> model) {
  pipeline::PreparedRequest prepared{
      .request = {.request_id = entry.id, .pair = entry.pair, .timeframe = entry.timeframe},
      .served = {.model = std::move(model), .backend_id = ""}};
  const auto sequence = static_cast<size_t>(prepared.served.model->manifest().sequence);
  AIFX_ASSIGN_OR_RETURN(prepared.feature_set, features::FindFeatureSet(entry.feature_set));
  prepared.request.risk = entry.risk;
  prepared.request.submitted = entry.submitted;
  prepared.candles_needed = prepared.feature_set->CandlesNeeded(sequence);
  prepared.candles_wanted = prepared.feature_set->CandlesWanted(sequence);
  prepared.now = entry.now;
  if (entry.candles.size() < prepared.candles_needed) {
    return absl::InvalidArgumentError(
        absl::StrCat("the entry of prediction ", entry.id, " has ", entry.candles.size(),
                     " candles, the model needs ", prepared.candles_needed));
  }
  prepared.candles = entry.candles;
  prepared.context = entry.context;
  return prepared;
}

absl::StatusOr<std::vector<float>> WindowOf(const pipeline::PreparedRequest& item) {
  features::FeatureMatrix matrix;
  AIFX_ASSIGN_OR_RETURN(const absl::Span<const double> window,
                        pipeline::BuildModelWindow(item, matrix));
  return std::vector<float>(window.begin(), window.end());
}

}  // namespace aifx::journal
