#include "core/journal/entry.h"

#include <limits>

#include "tests/unit/core/journal/journal_fixture.h"

namespace aifx::journal {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

using EntryTest = JournalFixture;

TEST_F(EntryTest, HoldsWhatThePredictionDependsOn) {
  const JournalEntry entry = Entry({.stale_after_bars = 5});
  EXPECT_EQ(entry.id, kId);
  EXPECT_EQ(entry.model, "eurusd-1h");
  EXPECT_EQ(entry.version, testing::FakeManifest().version);
  EXPECT_EQ(entry.kernel, "fake");
  EXPECT_EQ(entry.feature_set_hash, features::DefaultFeatureSet().hash());
  EXPECT_EQ(entry.policy.stale_after_bars, 5);
  EXPECT_EQ(entry.now, clock_.Now());
  EXPECT_EQ(entry.candles.size(), features::DefaultFeatureSet().CandlesWanted(4));
  EXPECT_EQ(entry.candles.back().open_time, candles_.back().open_time);
  EXPECT_EQ(entry.window.size(), 4 * features::DefaultFeatureSet().columns().size());
  EXPECT_EQ(entry.logits.size(), 3u);
  EXPECT_EQ(entry.decision.probabilities.size(), 3u);
}

TEST_F(EntryTest, EveryNumberSurvivesTheWayThroughJson) {
  JournalEntry entry = Entry();
  entry.window[0] = -0.0f;
  entry.window[1] = std::numeric_limits<float>::denorm_min();
  entry.window[2] = 0.1f;
  entry.candles[0].open = 1.0 / 3;
  entry.candles[0].volume = std::numeric_limits<double>::max();
  entry.context = {{*market::CurrencyPair::Parse("USD/JPY"), {entry.candles[0]}}};
  entry.risk = {1.1, 0.1 + 0.2};
  entry.policy = {pipeline::StalePolicy::kWarn, 9, absl::Hours(100)};
  entry.decision.stop_loss = std::nextafter(1.1, 2.0);
  const std::string json = EntryToJson(entry);
  EXPECT_THAT(json, Not(HasSubstr("\n")));
  ASSERT_OK_AND_ASSIGN(const JournalEntry read, EntryFromJson(json));
  EXPECT_EQ(EntryToJson(read), json);
  EXPECT_TRUE(std::signbit(read.window[0]));
  EXPECT_EQ(read.window, entry.window);
  EXPECT_EQ(read.logits, entry.logits);
  EXPECT_EQ(read.decision, entry.decision);
  EXPECT_EQ(read.now, entry.now);
  EXPECT_EQ(read.recorded_at, entry.recorded_at);
  EXPECT_EQ(read.risk.risk_percent, 0.1 + 0.2);
  EXPECT_EQ(read.policy.stale_policy, pipeline::StalePolicy::kWarn);
  EXPECT_EQ(read.policy.model_expires_after, absl::Hours(100));
  ASSERT_EQ(read.candles.size(), entry.candles.size());
  EXPECT_EQ(read.candles[0].open, 1.0 / 3);
  EXPECT_EQ(read.candles[0].volume, entry.candles[0].volume);
  EXPECT_EQ(read.candles.back().volume, std::nullopt);
  ASSERT_EQ(read.context.size(), 1u);
  EXPECT_EQ(read.context[0].candles[0].close, entry.candles[0].close);
}

TEST_F(EntryTest, RefusesWhatIsNoEntry) {
  EXPECT_THAT(EntryFromJson("{\"id\":\"x\"}"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("pair")));
  EXPECT_THAT(EntryFromJson("[]"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("")));
  std::string json = EntryToJson(Entry());
  EXPECT_FALSE(EntryFromJson(json.substr(0, json.size() / 2)).ok());
  const size_t window = json.find("\"window\":\"");
  ASSERT_NE(window, std::string::npos);
  json[window + 10] = 'x';
  EXPECT_THAT(EntryFromJson(json),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("window")));
}

}  // namespace
}  // namespace aifx::journal
