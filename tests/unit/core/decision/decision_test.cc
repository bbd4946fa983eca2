#include "core/decision/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace aifx::decision {
namespace {

using records::HoldReason;
using records::Signal;
using records::SignalStrength;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Optional;

DecisionInput Trade(const std::vector<double>& probabilities) {
  DecisionInput input;
  input.event = Event::kTripleBarrier;
  input.probabilities = probabilities;
  input.min_edge = 0.0625;
  input.stop_atr = 1.5;
  input.take_atr = 3.0;
  input.bid_close = 1.1000;
  input.spread = 0.0001;
  input.atr = 0.0010;
  return input;
}

struct SignalCase {
  std::string name;
  std::vector<double> probabilities;  // sell, hold, buy
  Signal signal;
  double confidence;
};

const SignalCase kSignalCases[] = {
    {"clear buy", {0.2, 0.3, 0.5}, Signal::kBuy, 0.5},
    {"clear sell", {0.6, 0.1, 0.3}, Signal::kSell, 0.6},
    {"edge at the threshold counts", {0.375, 0.1875, 0.4375}, Signal::kBuy, 0.4375},
    {"edge below the threshold", {0.30, 0.36, 0.34}, Signal::kHold, 0.36},
    {"no edge at all", {0.4, 0.2, 0.4}, Signal::kHold, 0.4},
    {"an edge, but neither level is likeliest", {0.1, 0.6, 0.3}, Signal::kHold, 0.6},
};

TEST(DecideTest, SignalFollowsTheEdgeBetweenDirections) {
  for (const SignalCase& t : kSignalCases) {
    SCOPED_TRACE(t.name);
    const Decision decision = Decide(Trade(t.probabilities));
    EXPECT_EQ(decision.signal, t.signal);
    EXPECT_DOUBLE_EQ(decision.confidence, t.confidence);
    EXPECT_EQ(decision.hold_reason,
              t.signal == Signal::kHold ? HoldReason::kNoEdge : HoldReason::kNone);
  }
}

TEST(DecideTest, ZeroThresholdStillNeedsAnEdgeAboveZero) {
  const std::vector<double> even = {0.4, 0.2, 0.4};
  DecisionInput input = Trade(even);
  input.min_edge = 0;
  EXPECT_EQ(Decide(input).signal, Signal::kHold);
}

TEST(DecideTest, BuyEntersAtTheAskAndMeasuresLevelsFromTheBid) {
  const std::vector<double> probabilities = {0.2, 0.3, 0.5};
  const Decision decision = Decide(Trade(probabilities));
  EXPECT_NEAR(decision.entry_price, 1.1001, 1e-12);
  EXPECT_THAT(decision.take_profit, Optional(DoubleNear(1.1030, 1e-12)));
  EXPECT_THAT(decision.stop_loss, Optional(DoubleNear(1.0985, 1e-12)));
  EXPECT_THAT(decision.risk_reward_ratio, Optional(DoubleNear(29.0 / 16.0, 1e-9)));
  EXPECT_THAT(decision.p_win, Optional(0.5));
  EXPECT_EQ(decision.p_up, std::nullopt);
  EXPECT_THAT(decision.expected_net,
              Optional(DoubleNear(0.5 * 0.003 - 0.2 * 0.0015 - 0.0001, 1e-12)));
}

TEST(DecideTest, SellEntersAtTheBidWithMirroredLevels) {
  const std::vector<double> probabilities = {0.5, 0.3, 0.2};
  const Decision decision = Decide(Trade(probabilities));
  EXPECT_NEAR(decision.entry_price, 1.1, 1e-12);
  EXPECT_THAT(decision.take_profit, Optional(DoubleNear(1.0970, 1e-12)));
  EXPECT_THAT(decision.stop_loss, Optional(DoubleNear(1.1015, 1e-12)));
  EXPECT_THAT(decision.risk_reward_ratio, Optional(DoubleNear(2.0, 1e-9)));
}

TEST(DecideTest, SizeLosesTheRiskAtTheStopButUsesNoLeverage) {
  const std::vector<double> probabilities = {0.5, 0.3, 0.2};
  DecisionInput input = Trade(probabilities);
  EXPECT_THAT(Decide(input).position_size, Optional(100.0));  // 1 % risk would need 733 %
  input.risk.risk_percent = 0.1;
  EXPECT_THAT(Decide(input).position_size, Optional(DoubleNear(0.1 * 1.1 / 0.0015, 1e-6)));
}

TEST(DecideTest, RewardBelowTheCallersMinimumIsAHold) {
  const std::vector<double> probabilities = {0.5, 0.3, 0.2};
  DecisionInput input = Trade(probabilities);
  input.risk.min_reward_ratio = 1.99;
  EXPECT_EQ(Decide(input).signal, Signal::kSell);
  input.risk.min_reward_ratio = 2.01;
  EXPECT_EQ(Decide(input).signal, Signal::kHold);
}

TEST(DecideTest, FlatPricesGiveNoLevelsAndThereforeHold) {
  const std::vector<double> probabilities = {0.1, 0.1, 0.8};
  DecisionInput input = Trade(probabilities);
  input.atr = 0;
  const Decision decision = Decide(input);
  EXPECT_EQ(decision.signal, Signal::kHold);
  EXPECT_EQ(decision.stop_loss, std::nullopt);
}

TEST(DecideTest, SpreadThatEatsTheWholeRewardIsAHold) {
  const std::vector<double> probabilities = {0.1, 0.1, 0.8};
  DecisionInput input = Trade(probabilities);
  input.spread = 0.0031;
  EXPECT_EQ(Decide(input).signal, Signal::kHold);
}

TEST(DecideTest, DirectionModelsSayPUpAndNeverPWin) {
  const std::vector<double> probabilities = {0.58, 0.42};
  DecisionInput input = Trade(probabilities);
  input.event = Event::kDirection;
  const Decision decision = Decide(input);
  EXPECT_EQ(decision.signal, Signal::kSell);
  EXPECT_DOUBLE_EQ(decision.confidence, 0.58);
  EXPECT_THAT(decision.p_up, Optional(0.42));
  EXPECT_EQ(decision.p_win, std::nullopt);
}

TEST(DecideTest, StrengthGrowsWithTheEdge) {
  const std::pair<double, SignalStrength> cases[] = {{0.02, SignalStrength::kWeak},
                                                     {0.07, SignalStrength::kModerate},
                                                     {0.15, SignalStrength::kStrong},
                                                     {0.30, SignalStrength::kVeryStrong}};
  for (const auto& [edge, strength] : cases) {
    const std::vector<double> probabilities = {0.35, 0.3 - edge, 0.35 + edge};
    DecisionInput input = Trade(probabilities);
    input.min_edge = 0;
    EXPECT_EQ(Decide(input).strength, strength) << edge;
  }
}

TEST(HoldTest, KeepsTheReasonAndTheLikeliestClassWithoutLevels) {
  const std::vector<double> probabilities = {0.2, 0.3, 0.5};
  const Decision decision = Hold(Trade(probabilities), HoldReason::kStaleCandles);
  EXPECT_EQ(decision.signal, Signal::kHold);
  EXPECT_EQ(decision.hold_reason, HoldReason::kStaleCandles);
  EXPECT_DOUBLE_EQ(decision.confidence, 0.5);
  EXPECT_EQ(decision.take_profit, std::nullopt);
  EXPECT_EQ(decision.position_size, std::nullopt);
}

TEST(CalibrateTest, IsASoftmaxOfScaledAndShiftedLogits) {
  const std::vector<float> logits = {1.0f, 2.0f};
  const std::vector<double> intercept = {0.5, -0.5};
  // Odds of class 1 are exp((2*2 - 0.5) - (2*1 + 0.5)) = e.
  EXPECT_THAT(Calibrate(logits, 2.0, intercept),
              ElementsAre(DoubleNear(1 / (1 + std::exp(1.0)), 1e-12),
                          DoubleNear(std::exp(1.0) / (1 + std::exp(1.0)), 1e-12)));
}

TEST(CalibrateTest, HugeLogitsStayFiniteAndSumToOne) {
  const std::vector<float> logits = {1e30f, -1e30f, 1e30f};
  const std::vector<double> p = Calibrate(logits, 1.0, {});
  EXPECT_THAT(p, ElementsAre(0.5, 0.0, 0.5));
}

std::vector<market::Candle> Candles(int count, double step, double range) {
  std::vector<market::Candle> candles;
  for (int i = 0; i < count; ++i) {
    const double close = 1.1 + step * i;
    candles.push_back(
        {absl::UnixEpoch() + absl::Hours(i), close, close + range / 2, close - range / 2, close});
  }
  return candles;
}

TEST(ConditionTest, StraightPathIsTrending) {
  EXPECT_EQ(ConditionOf(Candles(60, 0.0001, 0.001)), records::MarketCondition::kTrending);
}

TEST(ConditionTest, WiderOrNarrowerRangesThanUsualAreVolatileOrCalm) {
  for (const auto& [factor, want] : {std::pair{2.0, records::MarketCondition::kVolatile},
                                     std::pair{0.5, records::MarketCondition::kCalm},
                                     std::pair{1.0, records::MarketCondition::kRanging}}) {
    std::vector<market::Candle> candles = Candles(60, 0, 0.001);
    for (size_t i = 46; i < candles.size(); ++i) {
      candles[i].high = 1.1 + 0.0005 * factor;
      candles[i].low = 1.1 - 0.0005 * factor;
    }
    EXPECT_EQ(ConditionOf(candles), want) << factor;
  }
}

TEST(ConditionTest, FlatPricesAreCalmAndTooFewAreRanging) {
  EXPECT_EQ(ConditionOf(Candles(60, 0, 0)), records::MarketCondition::kCalm);
  EXPECT_EQ(ConditionOf(Candles(20, 0, 0)), records::MarketCondition::kRanging);
}

}  // namespace
}  // namespace aifx::decision
