#include "server/rpc/enums.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/rpc/fields.h"

namespace aifx::rpc {
namespace {

using ::testing::IsEmpty;

// "TIMEFRAME_1H" and "1h": the two enums name the same thing under every number.
template <typename CoreEnum, typename Name>
void ExpectSameNames(const std::string& prefix, int count, Name name) {
  const auto* descriptor =
      google::protobuf::GetEnumDescriptor<typename ProtoEnumOf<CoreEnum>::type>();
  ASSERT_EQ(descriptor->value_count(), count + 1) << descriptor->full_name();
  for (int i = 0; i < count; ++i) {
    const auto core = static_cast<CoreEnum>(i);
    const auto proto = EnumToProto(core);
    EXPECT_EQ(descriptor->FindValueByNumber(proto)->name(),
              absl::StrCat(prefix, absl::AsciiStrToUpper(name(core))));
    Violations violations;
    EXPECT_EQ(EnumFromProto<CoreEnum>(proto, "field", true, violations), core);
    EXPECT_THAT(violations, IsEmpty());
  }
}

TEST(EnumsTest, StandInTheSameOrder) {
  ExpectSameNames<market::Timeframe>("TIMEFRAME_", 9, [](market::Timeframe timeframe) {
    return timeframe == market::Timeframe::k1Month ? std::string("1month")
                                                   : std::string(market::TimeframeName(timeframe));
  });
  ExpectSameNames<records::Signal>("SIGNAL_", 3, records::SignalName);
  ExpectSameNames<records::SignalStrength>("SIGNAL_STRENGTH_", 4, records::SignalStrengthName);
  ExpectSameNames<records::MarketCondition>("MARKET_CONDITION_", 4, records::MarketConditionName);
  ExpectSameNames<records::Outcome>("OUTCOME_", 3, records::OutcomeName);
  ExpectSameNames<records::PredictionStatus>("PREDICTION_STATUS_", 5,
                                             records::PredictionStatusName);
  for (int i = 1; i <= 7; ++i) {
    const auto reason = static_cast<records::HoldReason>(i);
    EXPECT_EQ(ml::v1::HoldReason_Name(HoldReasonToProto(reason)),
              absl::StrCat("HOLD_REASON_", absl::AsciiStrToUpper(records::HoldReasonName(reason))));
  }
  EXPECT_EQ(EnumToProto(records::SubmissionKind::kPrediction), ml::v1::SUBMISSION_KIND_PREDICTION);
  EXPECT_EQ(EnumToProto(records::SubmissionKind::kOutcome), ml::v1::SUBMISSION_KIND_OUTCOME);
  EXPECT_EQ(EnumToProto(records::SubmissionState::kQueued), ml::v1::SUBMISSION_STATE_QUEUED);
  EXPECT_EQ(EnumToProto(records::SubmissionState::kInflight), ml::v1::SUBMISSION_STATE_INFLIGHT);
  EXPECT_EQ(EnumToProto(records::SubmissionState::kAcked), ml::v1::SUBMISSION_STATE_ACKED);
  EXPECT_EQ(EnumToProto(records::SubmissionState::kUnknown), ml::v1::SUBMISSION_STATE_UNKNOWN);
  EXPECT_EQ(EnumToProto(records::SubmissionState::kDead), ml::v1::SUBMISSION_STATE_DEAD);
}

}  // namespace
}  // namespace aifx::rpc
