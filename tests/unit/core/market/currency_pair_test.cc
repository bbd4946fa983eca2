#include "core/market/currency_pair.h"

#include <gtest/gtest.h>

#include "core/market/currencies.h"
#include "tests/support/status_matchers.h"

namespace aifx::market {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;

struct GoodCase {
  const char* text;
  const char* pair;
  double pip;
};

TEST(CurrencyPairTest, ParsesThreeFormsInEitherCase) {
  for (const GoodCase& t : {
           GoodCase{"EUR/USD", "EUR/USD", 0.0001},
           GoodCase{"EURUSD", "EUR/USD", 0.0001},
           GoodCase{"EUR-USD", "EUR/USD", 0.0001},
           GoodCase{"eur/usd", "EUR/USD", 0.0001},
           GoodCase{"gbpJPY", "GBP/JPY", 0.01},
           GoodCase{"JPY/USD", "JPY/USD", 0.0001},
           GoodCase{"XAU/USD", "XAU/USD", 0.0001},
           GoodCase{"usd-cnh", "USD/CNH", 0.0001},
       }) {
    SCOPED_TRACE(t.text);
    ASSERT_OK_AND_ASSIGN(const CurrencyPair pair, CurrencyPair::Parse(t.text));
    EXPECT_EQ(pair.ToString(), t.pair);
    EXPECT_EQ(pair.base() + "/" + pair.quote(), t.pair);
    EXPECT_EQ(pair.PipSize(), t.pip);
  }
}

struct BadCase {
  std::string text;
  const char* message;
};

TEST(CurrencyPairTest, RefusesWithTheValueAndTheReason) {
  for (const BadCase& t : {
           BadCase{"", "pair \"\" is not of the form"},
           BadCase{"EUR", "\"EUR\" is not of the form"},
           BadCase{"EUR_USD", "\"EUR_USD\" is not of the form"},
           BadCase{"EUR/USDX", "\"EUR/USDX\" is not of the form"},
           BadCase{" EUR/USD", "\" EUR/USD\" is not of the form"},
           BadCase{"EUR//USD", "is not of the form"},
           BadCase{"EUR/XYZ", "names XYZ, which is no known"},
           BadCase{"DEM/USD", "names DEM, which is no known"},
           BadCase{"E\nR/USD", "pair \"E\\nR/USD\" names E\\nR, which"},
           BadCase{"EUR/eur", "names EUR twice"},
           BadCase{std::string(5000, 'A'), "is not of the form"},
       }) {
    SCOPED_TRACE(t.text.substr(0, 20));
    const absl::Status status = CurrencyPair::Parse(t.text).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(t.message)));
    EXPECT_LT(status.message().size(), 120u);
  }
}

TEST(CurrencyPairTest, ComparesByValue) {
  EXPECT_EQ(*CurrencyPair::Parse("EURUSD"), *CurrencyPair::Parse("eur/usd"));
  EXPECT_NE(*CurrencyPair::Parse("EURUSD"), *CurrencyPair::Parse("USDEUR"));
  EXPECT_LT(*CurrencyPair::Parse("EURUSD"), *CurrencyPair::Parse("GBPUSD"));
}

TEST(CurrenciesTest, KnowsWhatIsTraded) {
  for (const char* code : {"AED", "AUD", "CAD", "CHF", "EUR", "GBP", "JPY", "NZD", "USD", "SEK",
                           "NOK", "MXN", "ZAR", "TRY", "XAG", "ZWG", "HRK"}) {
    EXPECT_TRUE(IsCurrency(code)) << code;
  }
  for (const char* code : {"", "eur", "EU", "EURO", "XXX", "XTS", "DEM", "AAA", "ZZZ"}) {
    EXPECT_FALSE(IsCurrency(code)) << code;
  }
}

}  // namespace
}  // namespace aifx::market
