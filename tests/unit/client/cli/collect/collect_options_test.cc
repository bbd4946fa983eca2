#include "client/cli/collect/collect_options.h"

#include <gmock/gmock.h>

#include "client/cli/words.h"
#include "tests/support/status_matchers.h"

namespace aifx::cli {
namespace {

using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CollectOptionsTest, PairsAndNamesAddUp) {
  EXPECT_THAT(CurrenciesOf({"eurusd", "USD/JPY"}, {"gbp", "All"}),
              IsOkAndHolds(ElementsAre("All", "EUR", "GBP", "JPY", "USD")));
  EXPECT_THAT(CountriesOf({"EUR/USD"}, {"jp"}), IsOkAndHolds(ElementsAre("EU", "JP", "US")));
  EXPECT_THAT(CurrenciesOf({}, {}), IsOkAndHolds(IsEmpty()));
}

TEST(CollectOptionsTest, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(CurrenciesOf({"EUR/XXQ"}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--pairs: ")));
  EXPECT_THAT(CurrenciesOf({}, {"EURO"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--currencies: 'EURO'")));
  EXPECT_THAT(CountriesOf({}, {"USA"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--countries: 'USA'")));
}

TEST(CollectOptionsTest, TheRangeHoldsBothItsEnds) {
  CollectOptions options;
  options.start = "2015-01-01";
  options.end = "2015-02-01";
  ASSERT_OK_AND_ASSIGN(const CollectRange range, RangeOf(options));
  EXPECT_TRUE(range.Contains(*ParseTimeWord("2015-01-01")));
  EXPECT_TRUE(range.Contains(*ParseTimeWord("2015-02-01")));
  EXPECT_FALSE(range.Contains(*ParseTimeWord("2015-02-01T00:00:01Z")));
  EXPECT_FALSE(range.Contains(*ParseTimeWord("2014-12-31T23:59:59Z")));
  EXPECT_TRUE(CollectRange().Contains(absl::InfinitePast()));

  options.end = "2014-01-01";
  EXPECT_THAT(RangeOf(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--start 2015-01-01")));
  options.end = "soon";
  EXPECT_THAT(RangeOf(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--end: 'soon'")));
}

}  // namespace
}  // namespace aifx::cli
