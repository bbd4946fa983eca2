#include "client/events/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace aifx::events {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::StatusIs;

const absl::Time kNow = absl::FromCivil(absl::CivilHour(2018, 6, 12, 10), absl::UTCTimeZone());

TEST(MessageTest, HasTheFormOfThePlatform) {
  EXPECT_EQ(EncodeMessage("ml:model_deployed", {{"version", "7"}}, kNow + absl::Milliseconds(5)),
            R"({"channel":"ml:model_deployed","data":{"version":"7"},)"
            R"("timestamp":"2018-06-12T10:00:00.005Z"})");
  ASSERT_OK_AND_ASSIGN(const json data,
                       DecodeMessage("c", EncodeMessage("c", {{"pair", "EUR/USD"}}, kNow)));
  EXPECT_EQ(data["pair"], "EUR/USD");
}

struct BadMessage {
  const char* text;
  const char* want;
};

TEST(MessageTest, RefusesWhatIsNoMessage) {
  const BadMessage cases[] = {
      {"", "not a JSON object"},
      {"[]", "not a JSON object"},
      {"{\"channel\":\"c\"", "not a JSON object"},
      {"{\"channel\":\"\xff\"}", "not a JSON object"},
      {R"({"data":{},"timestamp":"2018-06-12T10:00:00Z"})", "channel is missing"},
      {R"({"channel":"d","data":{},"timestamp":"2018-06-12T10:00:00Z"})", "its channel"},
      {R"({"channel":"c","data":{},"timestamp":"yesterday"})", "timestamp is not"},
      {R"({"channel":"c","data":{},"timestamp":1e300})", "timestamp is not"},
      {R"({"channel":"c","data":[],"timestamp":"2018-06-12T10:00:00Z"})", "data is not"},
      {R"({"channel":"c","timestamp":"2018-06-12T10:00:00Z"})", "data is not"},
  };
  for (const BadMessage& test : cases) {
    SCOPED_TRACE(test.text);
    EXPECT_THAT(DecodeMessage("c", test.text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.want)));
  }
  EXPECT_THAT(DecodeMessage("c", EncodeMessage("c", {{"x", std::string(70'000, 'x')}}, kNow)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("bytes")));
  EXPECT_FALSE(DecodeMessage("c", std::string(60'000, '[')).ok());  // deep, and no stack overflow
}

TEST(MessageTest, RefusesDeepNesting) {
  constexpr char kHead[] = R"({"channel":"c","timestamp":"2018-06-12T10:00:00Z","data":{"a":)";
  const std::string deep = kHead + std::string(30'000, '[') + std::string(30'000, ']') + "}}";
  EXPECT_THAT(DecodeMessage("c", deep),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nested too deeply")));
  EXPECT_FALSE(DecodeMessage("c", kHead + std::string(100'000, '[')).ok());  // too long, too
}

TEST(CandleEventTest, NeedsPairTimeframeAndTime) {
  json data = {{"pair", "eurusd"},
               {"timeframe", "1h"},
               {"timestamp", "2018-06-12T09:00:00.000Z"},
               {"close", "1.1"}};
  ASSERT_OK_AND_ASSIGN(records::CandleEvent event, CandleEventOf(data, kNow));
  EXPECT_EQ(event.series.pair.ToString(), "EUR/USD");
  EXPECT_EQ(event.series.timeframe, market::Timeframe::k1Hour);
  EXPECT_EQ(event.open_time, kNow - absl::Hours(1));
  EXPECT_EQ(event.observed_at, kNow);
  data["timestamp"] = absl::ToUnixMillis(kNow);
  ASSERT_OK_AND_ASSIGN(event, CandleEventOf(data, kNow));
  EXPECT_EQ(event.open_time, kNow);
  for (const char* field : {"pair", "timeframe", "timestamp"}) {
    for (const json& bad : {json(nullptr), json("nonsense"), json::array(), json(-1)}) {
      json changed = data;
      changed[field] = bad;
      EXPECT_THAT(CandleEventOf(changed, kNow),
                  StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(field)))
          << bad;
    }
  }
}

TEST(DataTest, SaysHowATrainingBeganAndEnded) {
  const auto pair = *market::CurrencyPair::Parse("EUR/USD");
  const json started = DataOf(training::TrainingStarted{
      "eurusd-1h", pair, market::Timeframe::k1Hour, "full", kNow - absl::Hours(48), kNow});
  EXPECT_EQ(started["modelName"], "eurusd-1h");
  EXPECT_EQ(started["timeframe"], "1h");
  EXPECT_EQ(started["dataStartDate"], "2018-06-10T10:00:00.000Z");
  training::TrainingCompleted completed{"eurusd-1h", pair, market::Timeframe::k1Hour, "full"};
  completed.version = 20180612100000;
  completed.activated = true;
  completed.samples = 5;
  completed.metrics = {{"gate", 0.5}};
  completed.duration = absl::Milliseconds(1500);
  json data = DataOf(completed);
  EXPECT_EQ(data["success"], true);
  EXPECT_EQ(data["version"], "20180612100000");
  EXPECT_EQ(data["modelId"], nullptr);
  EXPECT_EQ(data["metrics"]["gate"], 0.5);
  EXPECT_EQ(data["durationSeconds"], 1.5);
  completed.error = "too few candles";
  data = DataOf(completed);
  EXPECT_EQ(data["success"], false);
  EXPECT_EQ(data["error"], "too few candles");
  EXPECT_FALSE(data.contains("version"));
  EXPECT_EQ(DataOf(training::ModelDeployed{"eurusd-1h", 7, "b7"})["modelId"], "b7");
}

}  // namespace
}  // namespace aifx::events
