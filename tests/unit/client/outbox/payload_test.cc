#include "client/outbox/payload.h"

#include <limits>

#include "tests/unit/client/outbox/outbox_fixture.h"

namespace aifx::outbox {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;

TEST(PayloadTest, ASubmissionComesBackWhole) {
  records::Submission submission = SubmissionNumber(1, 1.1000000000000003);
  submission.risk_reward_ratio = 0.1 + 0.2;
  submission.position_size = 2;
  submission.signal_strength = records::SignalStrength::kVeryStrong;
  submission.market_condition = records::MarketCondition::kCalm;
  submission.model_version_id = Id(7);
  ASSERT_OK_AND_ASSIGN(const std::string payload, PayloadOf(submission));
  ASSERT_OK_AND_ASSIGN(const records::Submission back, ParseSubmission(payload, Id(1)));
  EXPECT_EQ(back.request_id, Id(1));
  EXPECT_EQ(back.pair, submission.pair);
  EXPECT_EQ(back.timeframe, submission.timeframe);
  EXPECT_EQ(back.signal, submission.signal);
  EXPECT_EQ(back.confidence, submission.confidence);
  EXPECT_EQ(back.factors.pattern, submission.factors.pattern);
  EXPECT_EQ(back.entry_price, 1.1000000000000003);
  EXPECT_EQ(back.stop_loss, submission.stop_loss);
  EXPECT_EQ(back.take_profit, submission.take_profit);
  EXPECT_EQ(back.risk_reward_ratio, 0.1 + 0.2);
  EXPECT_EQ(back.position_size, submission.position_size);
  EXPECT_EQ(back.signal_strength, submission.signal_strength);
  EXPECT_EQ(back.market_condition, submission.market_condition);
  EXPECT_EQ(back.technical_data_json, submission.technical_data_json);
  EXPECT_EQ(back.model_version_id, submission.model_version_id);
  EXPECT_THAT(PayloadOf(back), testing::IsOkAndHolds(payload));
}

TEST(PayloadTest, AbsentStaysAbsent) {
  records::Submission submission = SubmissionNumber(1);
  submission.stop_loss.reset();
  submission.technical_data_json.clear();
  ASSERT_OK_AND_ASSIGN(const std::string payload, PayloadOf(submission));
  ASSERT_OK_AND_ASSIGN(const records::Submission back, ParseSubmission(payload, Id(1)));
  EXPECT_EQ(back.stop_loss, std::nullopt);
  EXPECT_EQ(back.signal_strength, std::nullopt);
  EXPECT_EQ(back.technical_data_json, "");
}

TEST(PayloadTest, RefusesWhatJsonCannotHold) {
  records::Submission submission = SubmissionNumber(1);
  submission.technical_data_json = "[1]";
  EXPECT_THAT(PayloadOf(submission),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("technical_data")));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(PayloadOf(records::OutcomeUpdate{Id(1), records::Outcome::kWin, nan, 0}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("pnl_pips nan")));
}

TEST(PayloadTest, OutcomesAndTheirReceiptsComeBack) {
  ASSERT_OK_AND_ASSIGN(const std::string payload, PayloadOf(records::OutcomeUpdate{
                                                      Id(1), records::Outcome::kLoss, -3.5, 0.1}));
  ASSERT_OK_AND_ASSIGN(const records::OutcomeUpdate update, ParseOutcomeUpdate(payload, Id(2)));
  EXPECT_EQ(update.prediction_id, Id(2));
  EXPECT_EQ(update.outcome, records::Outcome::kLoss);
  EXPECT_EQ(update.pnl_pips, -3.5);
  ASSERT_OK_AND_ASSIGN(
      const records::OutcomeReceipt receipt,
      ParseOutcomeReceipt(OutcomeReceiptText({"b", records::Outcome::kWin, 1.5, {}, 90})));
  EXPECT_EQ(receipt.backend_prediction_id, "b");
  EXPECT_EQ(receipt.pnl_pips, 1.5);
  EXPECT_EQ(receipt.pnl_percent, std::nullopt);
  EXPECT_EQ(receipt.duration_minutes, 90);
}

TEST(PayloadTest, DamageIsDataLoss) {
  for (const char* text : {"", "{", "[]", "{}", R"({"pair":1})", R"({"pair":"EUR/EUR"})"}) {
    EXPECT_THAT(ParseSubmission(text, Id(1)), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("")));
    EXPECT_THAT(ParseOutcomeUpdate(text, Id(1)),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("")));
  }
}

}  // namespace
}  // namespace aifx::outbox
