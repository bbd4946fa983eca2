#ifndef AIFX_CORE_JOURNAL_ENTRY_H_
#define AIFX_CORE_JOURNAL_ENTRY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/decision/decision.h"
#include "core/features/owned_context.h"
#include "core/market/candle.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"
#include "core/pipeline/predictor.h"
#include "core/records/prediction.h"

namespace aifx::journal {

// What a prediction said, as records::Prediction has it.
struct RecordedDecision {
  std::string signal;                 // "buy", "sell", "hold"
  std::string hold_reason;            // "kill_switch" and so on; empty unless the signal is hold
  std::vector<double> probabilities;  // by the manifest's classes
  double confidence = 0;
  double entry_price = 0;
  std::optional<double> stop_loss, take_profit, risk_reward_ratio, position_size;

  bool operator==(const RecordedDecision&) const = default;
};

RecordedDecision DecisionOf(const records::Prediction& prediction);

// One prediction with all that its answer depends on. Format: docs/journal.md.
struct JournalEntry {
  std::string id;  // the prediction's
  absl::Time recorded_at;
  market::CurrencyPair pair;
  market::Timeframe timeframe;
  std::string model;    // name
  int64_t version = 0;  // YYYYMMDDhhmmss, UTC
  std::string kernel;   // what computed, with its instruction set
  std::string feature_set, feature_set_hash;
  bool submitted = false;
  absl::Time now;  // the moment predicted for
  decision::RiskOptions risk;
  pipeline::DecisionPolicy policy;
  // What the window was built from: the newest candles that the feature set wants, oldest first.
  std::vector<market::Candle> candles;
  std::vector<features::OwnedContextSeries> context;  // as UsedContext
  std::vector<float> window;  // [sequence, features], row-major, what the model saw
  std::vector<float> logits;  // [classes]
  RecordedDecision decision;
};

// What the window of a request depends on of the other pairs that its feature set uses: their
// candles from the one that is known at the window's first candle to its newest. Valid as long as
// the request.
std::vector<features::ContextSeries> UsedContext(const pipeline::PreparedRequest& item);

// All but the window, which takes as long as a model to build. `context` is UsedContext(item).
JournalEntry EntryOf(const pipeline::PreparedRequest& item,
                     const std::vector<features::ContextSeries>& context,
                     const pipeline::DecisionPolicy& policy, absl::Span<const float> logits,
                     const records::Prediction& prediction, absl::Time recorded_at);

// The request of an entry as Predictor takes it after Prepare and Fetch. InvalidArgument where the
// entry has fewer candles than the model needs; NotFound where this engine lacks the feature set.
absl::StatusOr<pipeline::PreparedRequest> PreparedOf(const JournalEntry& entry,
                                                     std::shared_ptr<const model::Model> model);

// What the model of a request sees, in the numbers that it sees.
absl::StatusOr<std::vector<float>> WindowOf(const pipeline::PreparedRequest& item);

// One line of JSON without its end; every number survives the way there and back with all its bits.
std::string EntryToJson(const JournalEntry& entry);
// Strict. InvalidArgument names the key.
absl::StatusOr<JournalEntry> EntryFromJson(absl::string_view json);

}  // namespace aifx::journal

#endif  // AIFX_CORE_JOURNAL_ENTRY_H_
