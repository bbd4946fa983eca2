#include "core/macro/fundamental_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <tuple>

#include "core/macro/fundamental_columns.h"
#include "core/macro/release_time.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/macro/golden_files.h"

namespace aifx::macro {
namespace {

using ::aifx::testing::StatusIs;
using market::CurrencyPair;
using ::testing::HasSubstr;

constexpr absl::Duration kSecond = absl::Seconds(1);
constexpr absl::Duration kMinute = absl::Minutes(1);

FundamentalRecord Record(const char* country, const char* indicator, const char* date, double value,
                         const char* released) {
  FundamentalRecord record;
  record.date = Utc(date);
  record.country = country;
  record.indicator = indicator;
  record.value = value;
  if (*released != '\0') record.released_at = Utc(released);
  return record;
}

double At(const std::vector<FundamentalRecord>& records, absl::Time t, FundamentalColumn column,
          const char* pair = "EUR/USD") {
  const auto features = FundamentalFeatures::Create(*CurrencyPair::Parse(pair), records);
  EXPECT_OK(features);
  return features->At({t}).Row(0)[column];
}

bool SameBits(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

TEST(FundamentalFeaturesTest, BaseAndQuoteFollowThePairAsWritten) {
  const std::vector<FundamentalRecord> records = {
      Record("EU", "interest_rate", "2015-01-01", 4, "2015-01-01T12:00:00Z"),
      Record("US", "interest_rate", "2015-01-01", 1.5, "2015-01-01T12:00:00Z")};
  const absl::Time t = Utc("2015-02-01");
  EXPECT_EQ(At(records, t, kInterestRateDiff, "EUR/USD"), 2.5);
  EXPECT_EQ(At(records, t, kInterestRateDiff, "USD/EUR"), -2.5);
}

TEST(FundamentalFeaturesTest, AValueIsVisibleAMinuteAfterItsRelease) {
  const absl::Time release = Utc("2015-03-12T13:30:00Z");
  const std::vector<FundamentalRecord> records = {
      Record("US", "gdp", "2014-01-01", 100, "2014-04-30T12:30:00Z"),
      Record("US", "gdp", "2015-01-01", 103, "2015-03-12T13:30:00Z")};
  EXPECT_TRUE(std::isnan(At(records, release, kGdpGrowthQuoteYoy)))
      << "a candle that closes now has not seen it";
  EXPECT_TRUE(std::isnan(At(records, release + kMinute - kSecond, kGdpGrowthQuoteYoy)));
  EXPECT_NEAR(At(records, release + kMinute, kGdpGrowthQuoteYoy), 3, 1e-12);
  EXPECT_NEAR(At(records, release + absl::Hours(24 * 900), kGdpGrowthQuoteYoy), 3, 1e-12)
      << "carried forward";
}

TEST(FundamentalFeaturesTest, AReleaseThatIsADateCountsADayLater) {
  EXPECT_EQ(KnownFrom(Record("US", "cpi", "2015-01-01", 1, "2015-02-12")), Utc("2015-02-13"));
  EXPECT_EQ(KnownFrom(Record("US", "cpi", "2015-01-01", 1, "2015-02-12T00:00:01Z")),
            Utc("2015-02-12T00:01:01Z"));
}

TEST(FundamentalFeaturesTest, AnUnknownReleaseIsThePeriodsEndAndTheIndicatorsLag) {
  EXPECT_EQ(KnownFrom(Record("US", "cpi", "2015-01-01", 1, "")), Utc("2015-03-09"));
  EXPECT_EQ(KnownFrom(Record("US", "gdp", "2015-10-01", 1, "")), Utc("2016-03-02"));
  EXPECT_EQ(KnownFrom(Record("US", "interest_rate", "2015-12-01", 1, "")), Utc("2016-01-03"));
  EXPECT_EQ(KnownFrom(Record("US", "inflation", "2015-01-01", 1, "")), Utc("2016-06-30"));
  EXPECT_EQ(KnownFrom(Record("US", "something", "2015-01-01", 1, "")), Utc("2015-07-01"));
}

TEST(FundamentalFeaturesTest, AnEstimateIsNotBeforeTheLateReleasesOfThePast) {
  // As the US statistical offices published them, after two federal shutdowns and in a plain year.
  for (const auto& [indicator, date, released] :
       {std::tuple("cpi", "2013-09-01", "2013-10-30"),
        std::tuple("cpi", "2015-01-01", "2015-02-26"),
        std::tuple("gdp", "2018-10-01", "2019-02-28"),
        std::tuple("trade_balance", "2018-12-01", "2019-03-06")}) {
    EXPECT_GE(KnownFrom(Record("US", indicator, date, 1, "")), Utc(released) + absl::Hours(24))
        << indicator << " " << date;
  }
}

TEST(FundamentalFeaturesTest, OtherCountriesMayPublishByTheQuarter) {
  // Australian consumer prices of the first quarter of 2015 came on 22 April.
  for (const char* indicator : {"cpi", "gdp", "interest_rate", "pmi", "something"}) {
    EXPECT_EQ(KnownFrom(Record("AU", indicator, "2015-01-01", 1, "")), Utc("2015-07-01"))
        << indicator;
  }
  EXPECT_EQ(KnownFrom(Record("AU", "inflation", "2015-01-01", 1, "")), Utc("2016-06-30"))
      << "the later of both";
}

TEST(FundamentalFeaturesTest, AnEstimateCountsTheSameWhetherItIsStoredOrNot) {
  const ReleaseLag lag = DefaultReleaseLag("US", "cpi");
  FundamentalRecord record = Record("US", "cpi", "2015-01-01", 1, "");
  const absl::Time absent = KnownFrom(record);
  record.released_at = EstimatedRelease(record.date, lag);
  EXPECT_EQ(KnownFrom(record), absent);
}

TEST(FundamentalFeaturesTest, ARevisionCountsFromItsOwnReleaseOn) {
  const std::vector<FundamentalRecord> records = {
      Record("US", "gdp", "2014-01-01", 100, "2014-04-30T12:30:00Z"),
      Record("US", "gdp", "2015-01-01", 103, "2015-04-30T12:30:00Z"),
      Record("US", "gdp", "2015-01-01", 102, "2015-05-30T12:30:00Z"),
      Record("US", "gdp", "2014-01-01", 101, "2015-07-30T12:30:00Z")};
  EXPECT_NEAR(At(records, Utc("2015-05-30T12:30:59Z"), kGdpGrowthQuoteYoy), 3, 1e-12);
  EXPECT_NEAR(At(records, Utc("2015-05-30T12:31:00Z"), kGdpGrowthQuoteYoy), 2, 1e-12);
  // A revision of the period that is compared with.
  EXPECT_NEAR(At(records, Utc("2015-07-30T12:31:00Z"), kGdpGrowthQuoteYoy), 100.0 / 101, 1e-9);
}

TEST(FundamentalFeaturesTest, AYearBeforeIsByDateNotByRows) {
  // 2014-03 is missing: four quarters back would be another one.
  std::vector<FundamentalRecord> records;
  for (const char* date : {"2013-10-01", "2014-01-01", "2014-07-01", "2014-10-01", "2015-01-01"}) {
    records.push_back(Record("EU", "gdp", date, 100, ""));
  }
  records.back().value = 104;
  EXPECT_NEAR(At(records, Utc("2016-01-01"), kGdpGrowthBaseYoy), 4, 1e-12);
  records.push_back(Record("EU", "gdp", "2015-04-01", 105, ""));
  EXPECT_TRUE(std::isnan(At(records, Utc("2016-01-01"), kGdpGrowthBaseYoy)))
      << "there is no 2014-04-01";
}

TEST(FundamentalFeaturesTest, ACountryWithoutDataIsMasked) {
  const std::vector<FundamentalRecord> records = {
      Record("US", "interest_rate", "2015-01-01", 1, "2015-01-01T12:00:00Z")};
  EXPECT_TRUE(std::isnan(At(records, Utc("2016-01-01"), kInterestRateDiff)));
  const auto mask = static_cast<FundamentalColumn>(kFirstMask + kInterestRateDiff);
  EXPECT_EQ(At(records, Utc("2016-01-01"), mask), 0);
  EXPECT_TRUE(std::isnan(At({}, Utc("2016-01-01"), kInflationDiff, "XAU/USD")));
}

TEST(FundamentalFeaturesTest, RefusesWhatIsNoNumber) {
  std::vector<FundamentalRecord> records = {Record("US", "cpi", "2015-01-01", 1, ""),
                                            Record("US", "cpi", "2015-02-01", 1, "")};
  records[1].value = std::numeric_limits<double>::quiet_NaN();
  const CurrencyPair pair = *CurrencyPair::Parse("EUR/USD");
  EXPECT_THAT(FundamentalFeatures::Create(pair, records),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fundamentals[1] (US cpi)")));
  records[1].value = 1;
  records[1].date += absl::Hours(5);
  EXPECT_THAT(FundamentalFeatures::Create(pair, records),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2015-02-01T05:00:00")));
}

// What was not released by t does not change the row of t, and the order of records never matters.
TEST(FundamentalFeaturesTest, LaterReleasesChangeNothing) {
  const std::vector<FundamentalRecord> all = GoldenRecords("synthetic_series.csv");
  const CurrencyPair pair = *CurrencyPair::Parse("EUR/USD");
  ASSERT_OK_AND_ASSIGN(const auto whole, FundamentalFeatures::Create(pair, all));
  std::mt19937 random(7);
  for (int year = 2007; year < 2019; ++year) {
    const absl::Time t = absl::FromCivil(
        absl::CivilMinute(year, 1, 1, 0, static_cast<int>(random() % 500000)), absl::UTCTimeZone());
    std::vector<FundamentalRecord> known;
    for (const FundamentalRecord& record : all) {
      if (KnownFrom(record) <= t) known.push_back(record);
      // Not yet released, and very different.
      if (KnownFrom(record) > t && random() % 2 == 0) {
        known.push_back(record);
        known.back().value *= -17;
      }
    }
    ASSERT_LT(known.size(), all.size());
    std::shuffle(known.begin(), known.end(), random);
    ASSERT_OK_AND_ASSIGN(const auto cut, FundamentalFeatures::Create(pair, known));
    for (size_t c = 0; c < kFundamentalColumnCount; ++c) {
      EXPECT_TRUE(SameBits(cut.At({t}).Row(0)[c], whole.At({t}).Row(0)[c]))
          << FundamentalColumns().columns()[c].name << " at " << t;
    }
  }
}

TEST(FundamentalFeaturesTest, AGridEqualsItsMoments) {
  const std::vector<FundamentalRecord> all = GoldenRecords("synthetic_series.csv");
  ASSERT_OK_AND_ASSIGN(const auto features,
                       FundamentalFeatures::Create(*CurrencyPair::Parse("GBP/USD"), all));
  std::vector<absl::Time> days;
  for (int day = 0; day <= 365; ++day) days.push_back(Utc("2010-01-01") + absl::Hours(24 * day));
  std::reverse(days.begin() + 100, days.end());  // order only costs time
  const features::FeatureMatrix grid = features.At(days);
  for (size_t i = 0; i < days.size(); ++i) {
    const features::FeatureMatrix one = features.At({days[i]});
    for (size_t c = 0; c < kFundamentalColumnCount; ++c) {
      ASSERT_TRUE(SameBits(grid.Row(i)[c], one.Row(0)[c])) << days[i] << " " << c;
    }
  }
}

}  // namespace
}  // namespace aifx::macro
