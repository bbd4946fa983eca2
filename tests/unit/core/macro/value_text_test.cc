#include "core/macro/value_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"
#include "tests/unit/core/macro/golden_files.h"

namespace aifx::macro {
namespace {

using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;

struct Case {
  const char* text;
  ValueText want;
};

const Case kCases[] = {
    {"35", {35, ""}},
    {"48.4", {48.4, ""}},
    {"-19.5", {-19.5, ""}},
    {".5", {0.5, ""}},
    {"+2", {2, ""}},
    {"225K", {225e3, ""}},
    {"18.7k", {18.7e3, ""}},
    {"7.57M", {7.57e6, ""}},
    {"-1.2B", {-1.2e9, ""}},
    {"2.32T", {2.32e12, ""}},
    {"3 bn", {3e9, ""}},
    {"0.3%", {0.3, "percent"}},
    {" -0.4 % ", {-0.4, "percent"}},
    {"<0.10%", {0.1, "percent", Bound::kBelow}},
    {"> -5", {-5, "", Bound::kAbove}},
    {"25bps", {25, "bp"}},
    {"1,234", {1234, ""}},
    {"-1,234,567.5", {-1234567.5, ""}},
    {"$1,234.5M", {1234.5e6, "$"}},
    {"-$1.2B", {-1.2e9, "$"}},
    {"$-1.2B", {-1.2e9, "$"}},
    {"\xc2\xa3"
     "5",
     {5, "\xc2\xa3"}},
    {"\xe2\x88\x92"
     "0.7%",
     {-0.7, "percent"}},
};

TEST(ValueTextTest, ReadsWhatCalendarsWrite) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    const absl::StatusOr<ValueText> got = ParseValueText(c.text);
    ASSERT_OK(got);
    EXPECT_DOUBLE_EQ(got->value, c.want.value);
    EXPECT_EQ(got->unit, c.want.unit);
    EXPECT_EQ(got->bound, c.want.bound);
  }
}

TEST(ValueTextTest, RefusesWhatIsNotOneNumber) {
  for (const char* text :
       {"",         " ",     "-",        "%",
        "K",        "n/a",   "nan",      "inf",
        "0x10",     "1e5",   "0-7-2",    "2.68|2.2",
        "1,2",      "1,23",  "1234,567", ",123",
        "1,234,56", "1.2.3", "1.",       "--1",
        "-$-1",     "5%K",   "$5%",      "5 5",
        "<",        "<<1",   "3Q",       "99999999999999999999999999999999999999999"}) {
    EXPECT_THAT(ParseValueText(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'")))
        << text;
  }
  EXPECT_THAT(ParseValueText("0-7-2"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'0-7-2'")));
}

// All of a real calendar but the yields and bid-to-cover ratios of auctions.
TEST(ValueTextTest, ReadsARealCalendar) {
  int read = 0, refused = 0;
  for (const Row& row : ReadGoldenCsv("real_calendar.csv")) {
    for (const char* column : {"actual", "forecast", "previous"}) {
      const std::string& text = row.at(column);
      if (text.empty()) continue;
      const bool ok = ParseValueText(text).ok();
      EXPECT_EQ(ok, text.find('|') == std::string::npos) << text;
      ++(ok ? read : refused);
    }
  }
  EXPECT_EQ(read, 322);
  EXPECT_EQ(refused, 16);
}

}  // namespace
}  // namespace aifx::macro
