#include "client/cli/prediction_text.h"

#include <gmock/gmock.h>

#include "client/cli/words.h"

namespace aifx::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

pb::PredictResponse Sell() {
  pb::PredictResponse response;
  pb::Prediction& prediction = *response.mutable_prediction();
  prediction.set_pair("USD/JPY");
  prediction.set_timeframe(pb::TIMEFRAME_4H);
  prediction.set_signal(pb::SIGNAL_SELL);
  prediction.set_signal_strength(pb::SIGNAL_STRENGTH_VERY_STRONG);
  prediction.set_confidence(0.7312);
  prediction.set_entry_price(110.25);
  prediction.set_take_profit(109.75);
  prediction.set_stop_loss(110.5);
  return response;
}

TEST(PredictionTextTest, LevelsArePositiveInTheSignalsFavour) {
  const std::string text = PredictionText(Sell(), false);
  EXPECT_THAT(text, HasSubstr("USD/JPY 4h  SELL (very strong)  confidence 73.1 %\n"));
  EXPECT_THAT(text, HasSubstr("entry           110.250\n"));
  EXPECT_THAT(text, HasSubstr("take profit     109.750  +50.0 pips\n"));
  EXPECT_THAT(text, HasSubstr("stop loss       110.500  -25.0 pips\n"));
  EXPECT_THAT(text, Not(HasSubstr("submission")));
}

TEST(PredictionTextTest, HoldSaysWhyAndHasNoLevels) {
  pb::PredictResponse response;
  response.mutable_prediction()->set_pair("EUR/USD");
  response.mutable_prediction()->set_signal(pb::SIGNAL_HOLD);
  response.mutable_prediction()->set_hold_reason(pb::HOLD_REASON_NO_EDGE);
  const std::string text = PredictionText(response, false);
  EXPECT_THAT(text, HasSubstr("HOLD (no edge)"));
  EXPECT_THAT(text, Not(HasSubstr("stop loss")));
}

TEST(PredictionTextTest, ColoursOnlyWhereAsked) {
  EXPECT_THAT(PredictionText(Sell(), true), HasSubstr("\x1b[31mSELL\x1b[0m"));
  EXPECT_THAT(PredictionText(Sell(), false), Not(HasSubstr("\x1b")));
}

TEST(PredictionTextTest, ShowsAFailedSubmission) {
  pb::PredictResponse response = Sell();
  response.mutable_submission()->set_state(pb::SUBMISSION_STATE_UNKNOWN);
  response.mutable_submission()->mutable_error()->set_message("it may have been stored");
  EXPECT_THAT(PredictionText(response, false), HasSubstr("unknown: it may have been stored"));
}

}  // namespace
}  // namespace aifx::cli
