#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/records/record.h"
#include "tests/support/status_matchers.h"

namespace aifx::records {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kId[] = "0b8f2d7e-54a9-4c3e-9d55-2f6a0c1b7e11";

Submission Buy() {
  return {.request_id = kId,
          .pair = *market::CurrencyPair::Parse("EUR/USD"),
          .timeframe = market::Timeframe::k1Hour,
          .signal = Signal::kBuy,
          .confidence = 0.6,
          .entry_price = 1.10,
          .stop_loss = 1.09,
          .take_profit = 1.12};
}

TEST(ValidateSubmissionTest, AcceptsWhatTheBackendAccepts) {
  EXPECT_THAT(ValidateSubmission(Buy()), IsEmpty());
  Submission hold = Buy();
  hold.signal = Signal::kHold;
  hold.stop_loss = hold.take_profit = std::nullopt;
  EXPECT_THAT(ValidateSubmission(hold), IsEmpty());
}

struct BadCase {
  std::string field;
  std::string message;
  std::function<void(Submission&)> spoil;
};

const BadCase kBadCases[] = {
    {"request_id", "is not a UUID", [](Submission& s) { s.request_id = "abc"; }},
    {"model_version_id", "is not a UUID", [](Submission& s) { s.model_version_id = "1"; }},
    {"confidence", "1.01 is outside 0..1", [](Submission& s) { s.confidence = 1.01; }},
    {"confidence", "nan", [](Submission& s) { s.confidence = std::nan(""); }},
    {"factors.technical", "outside 0..1", [](Submission& s) { s.factors.technical = -0.1; }},
    {"factors.pattern", "outside 0..1", [](Submission& s) { s.factors.pattern = 1.1; }},
    {"risk_reward_ratio", "99.99", [](Submission& s) { s.risk_reward_ratio = 100; }},
    {"position_size", "outside 0..100", [](Submission& s) { s.position_size = 101; }},
    {"stop_loss", "1.11 must be below entry_price 1.1 for a buy",
     [](Submission& s) { s.stop_loss = 1.11; }},
    {"stop_loss", "must be below", [](Submission& s) { s.stop_loss = 1.10; }},
    {"take_profit", "must be above", [](Submission& s) { s.take_profit = 1.05; }},
    {"stop_loss", "must be above entry_price",
     [](Submission& s) {
       s.signal = Signal::kSell;
       s.take_profit = 1.05;
     }},
    {"technical_data", "not a JSON object", [](Submission& s) { s.technical_data_json = "[1]"; }},
    {"technical_data", "not a JSON object", [](Submission& s) { s.technical_data_json = "{"; }},
};

TEST(ValidateSubmissionTest, NamesTheFieldAndTheValue) {
  for (const BadCase& t : kBadCases) {
    SCOPED_TRACE(t.field + ": " + t.message);
    Submission submission = Buy();
    t.spoil(submission);
    const auto violations = ValidateSubmission(submission);
    ASSERT_THAT(violations, SizeIs(1));
    EXPECT_EQ(violations[0].field, t.field);
    EXPECT_THAT(violations[0].description, HasSubstr(t.message));
  }
}

TEST(ValidateSubmissionTest, ReportsEveryViolationAtOnce) {
  Submission submission = Buy();
  submission.entry_price = -1;
  submission.confidence = 2;
  submission.stop_loss = submission.take_profit = std::nullopt;
  EXPECT_THAT(ValidateSubmission(submission), SizeIs(2));
}

TEST(SubmissionOfTest, CarriesThePredictionAndItsWarnings) {
  Prediction prediction{.id = kId,
                        .pair = *market::CurrencyPair::Parse("EUR/USD"),
                        .timeframe = market::Timeframe::k1Hour};
  prediction.signal = Signal::kHold;
  prediction.hold_reason = HoldReason::kStaleCandles;
  prediction.entry_price = 1.1;
  prediction.confidence = 0.4;
  prediction.probabilities = {{"sell", 0.3}, {"hold", 0.4}, {"buy", 0.3}};
  prediction.model.version = 20181231235959;
  prediction.warnings = {{"STALE_CANDLES", "old"}};
  const Submission submission = SubmissionOf(prediction);
  EXPECT_THAT(ValidateSubmission(submission), IsEmpty());
  EXPECT_EQ(submission.request_id, kId);
  const auto data = nlohmann::json::parse(submission.technical_data_json);
  EXPECT_EQ(data["holdReason"], "stale_candles");
  EXPECT_EQ(data["probabilities"]["hold"], 0.4);
  EXPECT_EQ(data["model"]["version"], "20181231235959");
  EXPECT_EQ(data["warnings"][0]["code"], "STALE_CANDLES");
}

TEST(NamesTest, RoundTripAndRefuseUnknownWords) {
  for (const Signal signal : {Signal::kBuy, Signal::kSell, Signal::kHold}) {
    EXPECT_THAT(ParseSignal(SignalName(signal)), testing::IsOkAndHolds(signal));
  }
  for (const Outcome outcome : {Outcome::kWin, Outcome::kLoss, Outcome::kBreakeven}) {
    EXPECT_THAT(ParseOutcome(OutcomeName(outcome)), testing::IsOkAndHolds(outcome));
  }
  EXPECT_THAT(ParseSignal("BUY"),
              testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                HasSubstr("signal \"BUY\" is none of buy, sell, hold")));
  EXPECT_THAT(ParsePredictionStatus(""),
              testing::StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("active")));
}

}  // namespace
}  // namespace aifx::records
