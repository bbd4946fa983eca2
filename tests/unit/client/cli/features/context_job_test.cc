// The job with a set that uses other pairs.
#include <gmock/gmock.h>

#include "absl/strings/numbers.h"
#include "core/features/owned_context.h"
#include "tests/unit/client/cli/features/features_job_fixture.h"

namespace aifx::cli {
namespace {

using ::aifx::testing::StatusIs;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

const market::CurrencyPair kPound = *market::CurrencyPair::Parse("GBP/USD");

class ContextJobTest : public FeaturesJobTest {
 protected:
  ContextJobTest() { options_.set = "stationary-v2"; }

  std::vector<market::Candle> Candles(const market::CurrencyPair& pair) {
    return history_
        .Range(pair, market::Timeframe::k1Hour, absl::InfinitePast(), absl::InfiniteFuture(), {})
        .value();
  }

  // The rows of the files are those of Compute with all candles at once.
  void ExpectRowsOfCompute() {
    const features::FeatureSet& set = *features::FindFeatureSet("stationary-v2").value();
    const std::vector<market::Candle> candles = Candles(kKey.pair);
    std::vector<features::OwnedContextSeries> others;
    for (const market::CurrencyPair& pair : set.ContextPairs(kKey.pair)) {
      others.push_back({pair, Candles(pair)});
    }
    const std::vector<features::ContextSeries> views = features::ViewsOf(others);
    features::FeatureMatrix bulk;
    ASSERT_OK(set.Compute({candles, &kKey.pair, views}, bulk));
    const std::vector<std::string> rows = Rows();
    ASSERT_EQ(rows.size(), bulk.rows);
    for (size_t r = 0; r < bulk.rows; ++r) {
      const std::vector<std::string> cells = absl::StrSplit(rows[r], ',');
      for (size_t c = 0; c < bulk.columns; ++c) {
        double value = 0;
        ASSERT_TRUE(absl::SimpleAtod(cells[c + 1], &value));
        ASSERT_EQ(value, bulk.Row(r)[c]) << set.columns()[c].name << " of " << rows[r];
      }
    }
  }
};

TEST_F(ContextJobTest, OlderContextAndAHoleAreAsInBulk) {
  history_.change_pair = [](const market::CurrencyPair& pair, size_t index, market::Candle&) {
    return pair != kKey.pair || (index >= 400 && (index < 1500 || index >= 1900));
  };
  ASSERT_OK(Make().status);
  ExpectRowsOfCompute();
}

// While the series pauses for two years, the other pair ends: its last close is the newest there is
// when the series goes on.
TEST_F(ContextJobTest, ContextThatEndsInALongHoleIsAsInBulk) {
  history_.change_pair = [](const market::CurrencyPair& pair, size_t index,
                            market::Candle& candle) {
    // Later than the first piece that is read of it, and long before the series goes on.
    const int weeks = pair == kPound ? 40 : 104;
    if (index >= 1500) candle.open_time += absl::Hours(24 * 7 * weeks);
    return pair != kPound || index < 1600;
  };
  options_.allow_bad_data = true;  // the hole
  ASSERT_OK(Make().status);
  ExpectRowsOfCompute();
}

TEST_F(ContextJobTest, APairThatIsMissingIsAnErrorThatNamesIt) {
  history_.change_pair = [](const market::CurrencyPair& pair, size_t, market::Candle&) {
    return pair != kPound;
  };
  for (const bool allow_bad_data : {false, true}) {
    options_.allow_bad_data = allow_bad_data;
    EXPECT_THAT(Make().status,
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(HasSubstr("stationary-v2 needs the candles of GBP/USD 1h too for "
                                         "EUR/USD"),
                               HasSubstr("2018-06-12 10:00 UTC"), HasSubstr("store them"))));
  }
  EXPECT_THAT(Make(true).status,
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("GBP/USD")));
  EXPECT_TRUE(NothingIsLeft());
}

// What the others have outside of the series' time is no use to it.
TEST_F(ContextJobTest, CandlesOutsideTheSeriesDoNotCount) {
  history_.change_pair = [](const market::CurrencyPair& pair, size_t index, market::Candle&) {
    return pair == kPound ? index < 300 : pair != kKey.pair || index >= 300;
  };
  EXPECT_THAT(Make().status,
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("GBP/USD 1h too")));
}

TEST_F(ContextJobTest, TheMetadataListsThePairs) {
  ASSERT_OK(Make().status);
  const json context = Metadata()["context"];
  ASSERT_EQ(context.size(), 3u);
  EXPECT_EQ(context[0]["pair"], "GBP/USD");
  EXPECT_EQ(context[1]["pair"], "USD/JPY");
  EXPECT_EQ(context[2]["pair"], "AUD/USD");
  EXPECT_EQ(context[0]["used"], 3000);
  EXPECT_EQ(context[0]["unusable"], 0);
  EXPECT_EQ(context[0]["quality"]["gap_count"], 0);
  options_.set = "stationary-v1";
  ASSERT_OK(Make().status);
  EXPECT_EQ(Metadata()["context"], json::array());
}

// A feed whose clock is slow shows prices hours before they were made.
TEST_F(ContextJobTest, AShiftedClockIsRefusedUnlessItIsAllowed) {
  history_.change_pair = [](const market::CurrencyPair& pair, size_t, market::Candle& candle) {
    if (pair == kPound) candle.open_time -= absl::Hours(3);
    return true;
  };
  EXPECT_THAT(Make().status, StatusIs(absl::StatusCode::kFailedPrecondition,
                                      AllOf(HasSubstr("candles of GBP/USD 1h are not fit"),
                                            HasSubstr("data check --pair GBP/USD"))));
  EXPECT_TRUE(NothingIsLeft());
  options_.allow_bad_data = true;
  ASSERT_OK(Make().status);
  EXPECT_THAT(captured_.err.str(), HasSubstr("GBP/USD 1h: "));
  EXPECT_EQ(Metadata()["context"][0]["quality"]["shift_hours"], 3);
}

TEST_F(ContextJobTest, AnImpossibleCandleIsRefusedOrLeftOut) {
  double close = 0;
  history_.change_pair = [&](const market::CurrencyPair& pair, size_t index,
                             market::Candle& candle) {
    if (pair == kPound && index == 1200) candle.close = close;
    return true;
  };
  EXPECT_THAT(Make().status,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("GBP/USD 1h"), HasSubstr("1 candles with impossible"))));
  options_.allow_bad_data = true;
  ASSERT_OK(Make().status);
  EXPECT_EQ(Metadata()["context"][0]["used"], 2999);
  EXPECT_EQ(Metadata()["context"][0]["unusable"], 1);
  history_.change_pair = [](const market::CurrencyPair& pair, size_t index, market::Candle&) {
    return pair != kPound || index != 1200;
  };
  ExpectRowsOfCompute();
}

TEST_F(ContextJobTest, ContextThatChangesBetweenThePassesIsNotWritten) {
  history_.change_pair = [this](const market::CurrencyPair& pair, size_t index, market::Candle&) {
    // Read once each: the series and three others.
    return pair != kPound || index != 1200 || history_.reads <= 4;
  };
  EXPECT_THAT(Make().status, StatusIs(absl::StatusCode::kAborted,
                                      HasSubstr("GBP/USD changed while they were read (3000 "
                                                "before, 2999 now)")));
  EXPECT_TRUE(NothingIsLeft());
}

}  // namespace
}  // namespace aifx::cli
