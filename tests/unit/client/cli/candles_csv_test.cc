#include "client/cli/candles_csv.h"

#include <gmock/gmock.h>

#include "tests/support/status_matchers.h"

namespace aifx::cli {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;

TEST(CandlesCsvTest, ReadsColumnsByName) {
  ASSERT_OK_AND_ASSIGN(const auto candles,
                       ParseCandlesCsv("\xef\xbb\xbfspread,close,low,high,open,timestamp,note\r\n"
                                       "0.00014,1.3,1.1,1.4,1.2,2018-12-31T21:00:00Z,x\r\n"
                                       ",1.3,1.1,1.4,1.2,2018-12-31 22:00,\r\n",
                                       "f.csv", 0.0001));
  ASSERT_EQ(candles.size(), 2);
  EXPECT_EQ(candles[0].open, 1.2);
  EXPECT_EQ(candles[0].high, 1.4);
  EXPECT_EQ(candles[0].low, 1.1);
  EXPECT_EQ(candles[0].close, 1.3);
  EXPECT_NEAR(candles[0].spread_pips.value(), 1.4, 1e-9);
  EXPECT_FALSE(candles[0].volume.has_value());
  EXPECT_FALSE(candles[1].spread_pips.has_value());
  EXPECT_EQ(candles[1].open_time - candles[0].open_time, absl::Hours(1));
}

TEST(CandlesCsvTest, ErrorsNameLineAndColumn) {
  const struct {
    std::string text, want;
  } kCases[] = {
      {"timestamp,open,high,low\n", "f.csv:1: the header has no column 'close'"},
      {"timestamp,open,high,low,close\n2018-01-01T00:00Z,1,1,1,x\n", "f.csv:2: close is 'x'"},
      {"timestamp,open,high,low,close\n\nnoon,1,1,1,1\n", "f.csv:3: timestamp is 'noon'"},
      {"timestamp,open,high,low,close\n2018-01-01,1,1,1\n", "f.csv:2: 4 cells under 5 columns"},
      {"", "f.csv:1"},
  };
  for (const auto& t : kCases) {
    EXPECT_THAT(ParseCandlesCsv(t.text, "f.csv", 0.0001),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(t.want)));
  }
}

}  // namespace
}  // namespace aifx::cli
