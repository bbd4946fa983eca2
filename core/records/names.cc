#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/records/prediction.h"
#include "core/records/record.h"

namespace aifx::records {
namespace {

template <typename Enum, size_t kSize>
using Names = std::array<std::pair<Enum, absl::string_view>, kSize>;

constexpr Names<Signal, 3> kSignals = {
    {{Signal::kBuy, "buy"}, {Signal::kSell, "sell"}, {Signal::kHold, "hold"}}};
constexpr Names<HoldReason, 8> kHoldReasons = {
    {{HoldReason::kNone, ""},
     {HoldReason::kNoEdge, "no_edge"},
     {HoldReason::kOutOfDistribution, "out_of_distribution"},
     {HoldReason::kStaleCandles, "stale_candles"},
     {HoldReason::kMarketClosed, "market_closed"},
     {HoldReason::kModelExpired, "model_expired"},
     {HoldReason::kEventBlackout, "event_blackout"},
     {HoldReason::kKillSwitch, "kill_switch"}}};
constexpr Names<SignalStrength, 4> kStrengths = {{{SignalStrength::kWeak, "weak"},
                                                  {SignalStrength::kModerate, "moderate"},
                                                  {SignalStrength::kStrong, "strong"},
                                                  {SignalStrength::kVeryStrong, "very_strong"}}};
constexpr Names<MarketCondition, 4> kConditions = {{{MarketCondition::kTrending, "trending"},
                                                    {MarketCondition::kRanging, "ranging"},
                                                    {MarketCondition::kVolatile, "volatile"},
                                                    {MarketCondition::kCalm, "calm"}}};
constexpr Names<Outcome, 3> kOutcomes = {
    {{Outcome::kWin, "win"}, {Outcome::kLoss, "loss"}, {Outcome::kBreakeven, "breakeven"}}};
constexpr Names<PredictionStatus, 5> kStatuses = {{{PredictionStatus::kActive, "active"},
                                                   {PredictionStatus::kTriggered, "triggered"},
                                                   {PredictionStatus::kStopped, "stopped"},
                                                   {PredictionStatus::kExpired, "expired"},
                                                   {PredictionStatus::kCancelled, "cancelled"}}};

template <typename Enum, size_t kSize>
absl::string_view NameOf(const Names<Enum, kSize>& names, Enum value) {
  for (const auto& [entry, name] : names) {
    if (entry == value) return name;
  }
  return "";
}

template <typename Enum, size_t kSize>
absl::StatusOr<Enum> Parse(const Names<Enum, kSize>& names, absl::string_view field,
                           absl::string_view text) {
  std::string accepted;
  for (const auto& [entry, name] : names) {
    if (name == text && !name.empty()) return entry;
    absl::StrAppend(&accepted, accepted.empty() ? "" : ", ", name);
  }
  return absl::InvalidArgumentError(absl::StrCat(field, " \"", text, "\" is none of ", accepted));
}

}  // namespace

absl::string_view SignalName(Signal signal) { return NameOf(kSignals, signal); }
absl::string_view HoldReasonName(HoldReason reason) { return NameOf(kHoldReasons, reason); }
absl::string_view SignalStrengthName(SignalStrength value) { return NameOf(kStrengths, value); }
absl::string_view MarketConditionName(MarketCondition value) { return NameOf(kConditions, value); }
absl::string_view OutcomeName(Outcome outcome) { return NameOf(kOutcomes, outcome); }
absl::string_view PredictionStatusName(PredictionStatus status) {
  return NameOf(kStatuses, status);
}

absl::StatusOr<Signal> ParseSignal(absl::string_view name) {
  return Parse(kSignals, "signal", name);
}
absl::StatusOr<SignalStrength> ParseSignalStrength(absl::string_view name) {
  return Parse(kStrengths, "signal strength", name);
}
absl::StatusOr<MarketCondition> ParseMarketCondition(absl::string_view name) {
  return Parse(kConditions, "market condition", name);
}
absl::StatusOr<Outcome> ParseOutcome(absl::string_view name) {
  return Parse(kOutcomes, "outcome", name);
}
absl::StatusOr<PredictionStatus> ParsePredictionStatus(absl::string_view name) {
  return Parse(kStatuses, "status", name);
}

}  // namespace aifx::records
