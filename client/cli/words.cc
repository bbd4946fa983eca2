#include "client/cli/words.h"

#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "core/market/timeframe.h"

namespace aifx::cli {
namespace {

// TIMEFRAME_1H with the prefix TIMEFRAME_: "1h". A value of a newer server: "unknown (17)".
template <typename Enum>
std::string Word(Enum value, absl::string_view prefix, const std::string& name) {
  if (name.empty()) return absl::StrCat("unknown (", static_cast<int>(value), ")");
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(name, prefix)), {{"_", " "}});
}

// The value whose word is `text`, in any case; never the unspecified one.
template <typename Enum>
absl::StatusOr<Enum> ParseWord(absl::string_view what, absl::string_view text, int count,
                               const std::function<std::string(Enum)>& word) {
  std::string accepted;
  for (int i = 1; i < count; ++i) {
    const Enum value = static_cast<Enum>(i);
    if (absl::EqualsIgnoreCase(text, word(value))) return value;
    absl::StrAppend(&accepted, i > 1 ? ", " : "", word(value));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(what, " is '", text, "', it must be one of: ", accepted));
}

}  // namespace

std::string TimeframeWord(pb::Timeframe timeframe) {
  if (timeframe == pb::TIMEFRAME_1MONTH) return "1M";
  return Word(timeframe, "TIMEFRAME_", pb::Timeframe_Name(timeframe));
}

std::string SignalWord(pb::Signal signal) {
  return absl::AsciiStrToUpper(Word(signal, "SIGNAL_", pb::Signal_Name(signal)));
}

std::string HoldReasonWord(pb::HoldReason reason) {
  return Word(reason, "HOLD_REASON_", pb::HoldReason_Name(reason));
}

std::string OutcomeWord(pb::Outcome outcome) {
  if (outcome == pb::OUTCOME_UNSPECIFIED) return "pending";
  return Word(outcome, "OUTCOME_", pb::Outcome_Name(outcome));
}

std::string StrengthWord(pb::SignalStrength strength) {
  return Word(strength, "SIGNAL_STRENGTH_", pb::SignalStrength_Name(strength));
}

std::string ConditionWord(pb::MarketCondition condition) {
  return Word(condition, "MARKET_CONDITION_", pb::MarketCondition_Name(condition));
}

std::string SubmissionStateWord(pb::SubmissionState state) {
  return Word(state, "SUBMISSION_STATE_", pb::SubmissionState_Name(state));
}

std::string SubmissionKindWord(pb::SubmissionKind kind) {
  return Word(kind, "SUBMISSION_KIND_", pb::SubmissionKind_Name(kind));
}

std::string PredictionStatusWord(pb::PredictionStatus status) {
  return Word(status, "PREDICTION_STATUS_", pb::PredictionStatus_Name(status));
}

std::string ModelStateWord(pb::ModelState state) {
  return Word(state, "MODEL_STATE_", pb::ModelState_Name(state));
}

absl::StatusOr<pb::Timeframe> ParseTimeframeWord(absl::string_view text) {
  // 1M is a month and 1min a minute: case matters, as everywhere in the platform.
  absl::StatusOr<market::Timeframe> timeframe = market::ParseTimeframe(text);
  if (!timeframe.ok()) return timeframe.status();
  for (int i = pb::TIMEFRAME_1MIN; i <= pb::TIMEFRAME_1MONTH; ++i) {
    const auto value = static_cast<pb::Timeframe>(i);
    if (TimeframeWord(value) == market::TimeframeName(*timeframe)) return value;
  }
  return absl::InvalidArgumentError(absl::StrCat("--timeframe is '", text, "': not supported"));
}

absl::StatusOr<pb::Outcome> ParseOutcomeWord(absl::string_view text) {
  return ParseWord<pb::Outcome>("--outcome", text, pb::Outcome_ARRAYSIZE, OutcomeWord);
}

absl::StatusOr<pb::PredictionStatus> ParsePredictionStatusWord(absl::string_view text) {
  return ParseWord<pb::PredictionStatus>("--status", text, pb::PredictionStatus_ARRAYSIZE,
                                         PredictionStatusWord);
}

absl::StatusOr<pb::SubmissionState> ParseSubmissionStateWord(absl::string_view text) {
  return ParseWord<pb::SubmissionState>("--state", text, pb::SubmissionState_ARRAYSIZE,
                                        SubmissionStateWord);
}

}  // namespace aifx::cli
