#ifndef AIFX_CLIENT_CLI_WORDS_H_
#define AIFX_CLIENT_CLI_WORDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aifx/ml/v1/model_service.pb.h"
#include "aifx/ml/v1/types.pb.h"

// Messages' values as people write and read them. Names are those of the platform: `1h`, `buy`,
// `win`, `trending`.
namespace aifx::cli {

namespace pb = ::aifx::ml::v1;

std::string TimeframeWord(pb::Timeframe timeframe);
std::string SignalWord(pb::Signal signal);  // BUY, SELL, HOLD
std::string HoldReasonWord(pb::HoldReason reason);
std::string OutcomeWord(pb::Outcome outcome);  // "pending" where unspecified
std::string StrengthWord(pb::SignalStrength strength);
std::string ConditionWord(pb::MarketCondition condition);
std::string SubmissionStateWord(pb::SubmissionState state);
std::string SubmissionKindWord(pb::SubmissionKind kind);
std::string PredictionStatusWord(pb::PredictionStatus status);
std::string ModelStateWord(pb::ModelState state);

// InvalidArgument naming the value and the accepted ones.
absl::StatusOr<pb::Timeframe> ParseTimeframeWord(absl::string_view text);
absl::StatusOr<pb::Outcome> ParseOutcomeWord(absl::string_view text);
absl::StatusOr<pb::PredictionStatus> ParsePredictionStatusWord(absl::string_view text);
absl::StatusOr<pb::SubmissionState> ParseSubmissionStateWord(absl::string_view text);

// "2018-12-31 22:00 UTC"; seconds only where there are any.
std::string TimeWord(absl::Time time);
std::string TimeWord(const google::protobuf::Timestamp& time);
// Accepts 2018-12-31, 2018-12-31T22:00Z, 2018-12-31 22:00:00 and the like: UTC where no offset is
// given. InvalidArgument naming the value.
absl::StatusOr<absl::Time> ParseTimeWord(absl::string_view text);

absl::Time FromProto(const google::protobuf::Timestamp& time);
google::protobuf::Timestamp ToProto(absl::Time time);
absl::Duration FromProto(const google::protobuf::Duration& duration);

// A price with the digits that its pair is quoted in: 1.14607, 110.254.
std::string PriceWord(double price, absl::string_view pair);
// 0.0001, or 0.01 where the quote currency is JPY.
double PipSize(absl::string_view pair);
// "+12.3 pips".
std::string PipsWord(double pips);
// "3.1 ms", "45 s", "2 min 5 s".
std::string DurationWord(absl::Duration duration);
// Accepts 90m, 36h, 1h30m and whole days (7d), 0 or more. InvalidArgument naming option and value.
absl::StatusOr<absl::Duration> ParseDurationWord(absl::string_view option, absl::string_view text);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_WORDS_H_
