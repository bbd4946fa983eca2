#ifndef AIFX_CORE_RECORDS_PREDICTION_H_
#define AIFX_CORE_RECORDS_PREDICTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/violation.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"

namespace aifx::records {

enum class Signal { kBuy, kSell, kHold };
enum class HoldReason {
  kNone,
  kNoEdge,
  kOutOfDistribution,
  kStaleCandles,
  kMarketClosed,
  kModelExpired,
  kEventBlackout,
  kKillSwitch
};
enum class SignalStrength { kWeak, kModerate, kStrong, kVeryStrong };
enum class MarketCondition { kTrending, kRanging, kVolatile, kCalm };

// Where the evidence for the signal comes from, each in 0..1.
struct Factors {
  double technical = 0.5;  // share of attribution on price features in the signal's direction
  double sentiment = 0.5;  // the same on fundamental and event features; 0.5 where none are used
  double pattern = 0.5;    // the same on time features
};

struct ModelReference {
  std::string name;
  int64_t version = 0;  // YYYYMMDDhhmmss, UTC
  std::string label;    // "direction" or "triple_barrier"
  std::string kernel;   // such as "torchscript-f32"
  absl::Time calibrated_at;
  absl::Time trained_until;  // close time of the newest candle seen in training
  std::string backend_id;    // the model version's id in the backend; empty where unregistered
};

// One answer of the engine. Prices are bid prices but for a buy's entry, which is the ask.
struct Prediction {
  std::string id;  // UUID, ours; equals the request's request_id
  market::CurrencyPair pair;
  market::Timeframe timeframe;
  absl::Time as_of;        // close time of the newest candle used
  absl::Time valid_until;  // end of the model's horizon by the trading calendar
  Signal signal = Signal::kHold;
  HoldReason hold_reason = HoldReason::kNone;                 // kNone unless signal is kHold
  std::vector<std::pair<std::string, double>> probabilities;  // by class, in order; sum to 1
  std::optional<double> p_up;                                 // label "direction" only
  std::optional<double> p_win;  // label "triple_barrier" and a signal other than HOLD only
  double confidence = 0;  // calibrated probability that the signal (HOLD: likeliest class) is right
  std::optional<double> uncertainty;  // 0..1; absent where the model has no ensemble
  std::optional<double> ood_score;    // 1 = the manifest's threshold; absent where it has none
  Factors factors;
  double entry_price = 0;
  std::optional<double> stop_loss;  // absent for HOLD, as are the next three
  std::optional<double> take_profit;
  std::optional<double> risk_reward_ratio;  // at most 99.99
  std::optional<double> position_size;      // percent of equity, 0..100
  SignalStrength signal_strength = SignalStrength::kWeak;
  MarketCondition market_condition = MarketCondition::kRanging;
  ModelReference model;
  std::string feature_set_name;
  std::string feature_set_hash;
  std::vector<base::Warning> warnings;
};

absl::string_view SignalName(Signal signal);                    // "buy", "sell", "hold"
absl::string_view HoldReasonName(HoldReason reason);            // "no_edge", ...; "" for kNone
absl::string_view SignalStrengthName(SignalStrength strength);  // "very_strong", ...
absl::string_view MarketConditionName(MarketCondition condition);

// The inverses; InvalidArgument naming the value and the accepted words.
absl::StatusOr<Signal> ParseSignal(absl::string_view name);
absl::StatusOr<SignalStrength> ParseSignalStrength(absl::string_view name);
absl::StatusOr<MarketCondition> ParseMarketCondition(absl::string_view name);

}  // namespace aifx::records

#endif  // AIFX_CORE_RECORDS_PREDICTION_H_
