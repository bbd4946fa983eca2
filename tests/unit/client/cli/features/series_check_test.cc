#include "client/cli/series_check.h"

#include <gtest/gtest.h>

#include "tests/support/candles.h"
#include "tests/support/status_matchers.h"

namespace aifx::cli {
namespace {

using ::aifx::testing::RandomWalk;
using ::aifx::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class FixedCandles final : public market::CandleSource {
 public:
  explicit FixedCandles(std::vector<market::Candle> candles) : candles_(std::move(candles)) {}
  absl::StatusOr<std::vector<market::Candle>> Newest(const market::CurrencyPair&, market::Timeframe,
                                                     size_t, absl::Time,
                                                     const base::CallContext&) override {
    return candles_;
  }
  absl::StatusOr<std::vector<market::Candle>> Range(const market::CurrencyPair&, market::Timeframe,
                                                    absl::Time, absl::Time,
                                                    const base::CallContext&) override {
    return candles_;
  }

 private:
  std::vector<market::Candle> candles_;
};

class CheckedCandlesTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<market::Candle>> Read(const std::vector<market::Candle>& candles,
                                                   bool allow_bad_data) {
    FixedCandles source(candles);
    warnings_.clear();
    CheckedCandles checked(source, allow_bad_data,
                           [&](const std::string& text) { warnings_.push_back(text); });
    return checked.Range(*market::CurrencyPair::Parse("EUR/USD"), market::Timeframe::k1Hour,
                         absl::InfinitePast(), absl::InfiniteFuture(), {});
  }

  std::vector<std::string> warnings_;
};

TEST_F(CheckedCandlesTest, AGoodSeriesPassesInSilence) {
  ASSERT_OK_AND_ASSIGN(const auto candles, Read(RandomWalk({.count = 300}), false));
  EXPECT_THAT(candles, SizeIs(300));
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(CheckedCandlesTest, ARefusalSaysHowManyWhereAndWhatToDo) {
  std::vector<market::Candle> candles = RandomWalk({.count = 300});
  candles[200] = candles[199];
  candles[100].high = candles[100].low / 2;
  EXPECT_THAT(Read(candles, false),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("EUR/USD 1h"), HasSubstr("1 duplicate and 0 unsorted"),
                             HasSubstr("1 candles with impossible prices, first at 2018-06-1"),
                             HasSubstr("aifx data check --pair EUR/USD --timeframe 1h"),
                             HasSubstr("--allow-bad-data"))));
}

TEST_F(CheckedCandlesTest, AllowedBadDataWarnsAndLosesWhatCannotBeUsed) {
  std::vector<market::Candle> candles = RandomWalk({.count = 300});
  candles[200] = candles[199];
  candles[100].high = candles[100].low / 2;
  ASSERT_OK_AND_ASSIGN(const auto usable, Read(candles, true));
  EXPECT_THAT(usable, SizeIs(298));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("EUR/USD 1h: 1 duplicate"),
                                     HasSubstr("EUR/USD 1h: 1 candles with impossible prices")));
}

TEST_F(CheckedCandlesTest, AGapIsWarnedOfUntilItIsTooLarge) {
  std::vector<market::Candle> candles = RandomWalk({.count = 300});
  std::vector<market::Candle> some = candles, many = candles;
  some.erase(some.begin() + 50, some.begin() + 60);
  ASSERT_OK(Read(some, false));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("10 of 300 candles (3.3%) are missing in 1 gaps")));
  many.erase(many.begin() + 50, many.begin() + 120);
  EXPECT_THAT(Read(many, false), StatusIs(absl::StatusCode::kFailedPrecondition,
                                          HasSubstr("70 of 300 candles (23.3%) are missing")));
  ASSERT_OK_AND_ASSIGN(const auto rest, Read(many, true));
  EXPECT_THAT(rest, SizeIs(230));
}

}  // namespace
}  // namespace aifx::cli
