#include "client/backend/candle_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/backend/envelope.h"
#include "client/backend/iso_time.h"
#include "client/backend/values.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

constexpr double kPip = 0.0001;

// What the reader of documents makes of the same body; nothing where it does not take it.
std::optional<CandlePage> ByDocument(const std::string& body) {
  const std::optional<Envelope> envelope = ParseEnvelope(body);
  if (!envelope.has_value() || !envelope->success) return std::nullopt;
  absl::StatusOr<CandlePage> page = CandlePageOf(envelope->data, kPip);
  if (!page.ok()) return std::nullopt;
  return *std::move(page);
}

void ExpectSame(const CandlePage& a, const CandlePage& b) {
  EXPECT_EQ(a.total, b.total);
  ASSERT_EQ(a.candles.size(), b.candles.size());
  for (size_t i = 0; i < a.candles.size(); ++i) {
    const market::Candle &x = a.candles[i], &y = b.candles[i];
    EXPECT_EQ(x.open_time, y.open_time);
    EXPECT_EQ(x.open, y.open);
    EXPECT_EQ(x.high, y.high);
    EXPECT_EQ(x.low, y.low);
    EXPECT_EQ(x.close, y.close);
    EXPECT_EQ(x.volume, y.volume);
    EXPECT_EQ(x.spread_pips, y.spread_pips);
  }
}

std::string Row(int hour, const std::string& more = "") {
  return absl::StrCat(R"({"id":"7d9e2c10","pair":"EUR/USD","timeframe":"1h","timestamp":)",
                      R"("2018-06-12T)", hour < 10 ? "0" : "", hour,
                      R"(:00:00.000Z","open":"1.08123","high":1.09,"low":"1.0800","close":1,)",
                      R"("volume":"123","spread":"0.00012",)",
                      R"("technicalIndicators":{"rsi":[50,{"open":9}],"open":"x"},)",
                      R"("createdAt":"2018-06-12T10:00:00.000Z")", more, "}");
}

std::string Page(const std::string& rows, const std::string& total = "2") {
  return absl::StrCat(R"({"success":true,"data":{"pair":"EUR/USD","timeframe":"1h","marketData":[)",
                      rows, R"(],"pagination":{"total":)", total,
                      R"(,"limit":10,"offset":0,"hasMore":false}},"error":null,)",
                      R"("metadata":{"timestamp":"t","success":false,"data":[{}]}})");
}

TEST(CandleDecoderTest, ReadsAWellFormedPageInOnePass) {
  const auto page = DecodeCandlePage(Page(Row(8) + "," + Row(9, R"(,"volume":null)")), kPip);
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->total, 2);
  ASSERT_EQ(page->candles.size(), 2u);
  const market::Candle& candle = page->candles[0];
  EXPECT_EQ(FormatTimestamp(candle.open_time), "2018-06-12T08:00:00.000Z");
  EXPECT_EQ(candle.open, 1.08123);
  EXPECT_EQ(candle.high, 1.09);
  EXPECT_EQ(candle.low, 1.08);
  EXPECT_EQ(candle.close, 1);
  EXPECT_EQ(candle.volume, 123);
  EXPECT_DOUBLE_EQ(candle.spread_pips.value(), 1.2);
  EXPECT_EQ(page->candles[1].volume, std::nullopt);
}

TEST(CandleDecoderTest, TakesOnlyWhatIsAWellFormedPage) {
  const std::string good = Page(Row(8));
  EXPECT_TRUE(DecodeCandlePage(good, kPip).has_value());
  EXPECT_TRUE(DecodeCandlePage(Page("", "0"), kPip).has_value());
  EXPECT_TRUE(DecodeCandlePage(Page(Row(8), R"("17")"), kPip).has_value());
  for (const std::string& body : std::vector<std::string>{
           "",
           "null",
           "7",
           "[]",
           "{}",
           "<html>",
           good + "x",
           good.substr(0, good.size() - 1),
           R"({"success":false,"data":null,"error":"text","code":"INVALID_PAIR"})",
           R"({"success":false,"data":null,"error":{"code":"INVALID_PAIR","message":"m"}})",
           R"({"success":true,"data":null})",
           R"({"success":true,"data":[]})",
           R"({"success":"true","data":{}})",
           Page(Row(9) + "," + Row(8)),
           Page(Row(8) + ",7"),
           Page(Row(8) + ",null"),
           Page("[" + Row(8) + "]"),
           Page(Row(8), "null"),
           Page(Row(8), R"("many")"),
           Page(Row(8, R"(,"open":null)")),
           Page(Row(8, R"(,"open":"abc")")),
           Page(Row(8, R"(,"open":"nan")")),
           Page(Row(8, R"(,"open":true)")),
           Page(Row(8, R"(,"open":{})")),
           Page(Row(8, R"(,"timestamp":"2018-06-31T08:00:00.000Z")")),
           Page(Row(8, R"(,"timestamp":1528797600)"))}) {
    SCOPED_TRACE(body);
    EXPECT_FALSE(DecodeCandlePage(body, kPip).has_value());
    EXPECT_FALSE(ByDocument(body).has_value());
  }
}

// Bodies mutated at random places with pieces that JSON and the contract are made of.
TEST(CandleDecoderTest, AgreesWithTheDocumentOnMutatedPages) {
  const std::vector<std::string> pieces = {"null",
                                           "true",
                                           "{}",
                                           "[]",
                                           "\"",
                                           "\\",
                                           ",",
                                           ":",
                                           "{",
                                           "}",
                                           "[",
                                           "]",
                                           "-",
                                           "1e400",
                                           "1e-400",
                                           "\"open\":2,",
                                           "\"open\":\"+1.5\",",
                                           "\"open\":\" 1.5 \",",
                                           "\"volume\":null,",
                                           "\"spread\":-0,",
                                           "\"timestamp\":\"2018-06-12T08:00:00Z\",",
                                           "\"success\":true,",
                                           "\"success\":false,",
                                           "\"data\":{},",
                                           "\"marketData\":[],",
                                           "\"pagination\":{\"total\":1},",
                                           "\"total\":7.0,",
                                           "\"total\":18446744073709551615,",
                                           "\"x\":{\"y\":[1,{}]},",
                                           "\xff",
                                           "0x10"};
  const std::string page = Page(Row(8) + "," + Row(9) + "," + Row(10), "3");
  std::mt19937 random(1);
  const auto below = [&](size_t end) {
    return std::uniform_int_distribution<size_t>(0, end - 1)(random);
  };
  int taken = 0, refused_by_one = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string body = page;
    for (size_t count = 1 + below(2); count > 0; --count) {
      const size_t at = below(body.size());
      switch (below(4)) {
        case 0:
          body[at] = static_cast<char>(32 + below(95));
          break;
        case 1:
          body.erase(at, 1 + below(12));
          break;
        default:
          // Mostly where a member may begin.
          body.insert(below(2) == 0 ? at : body.find_first_of("{,", at) + 1,
                      pieces[below(pieces.size())]);
      }
    }
    const auto decoded = DecodeCandlePage(body, kPip);
    const auto expected = ByDocument(body);
    if (!decoded.has_value()) {
      refused_by_one += expected.has_value();  // allowed: the slower way is taken then
      continue;
    }
    SCOPED_TRACE(body);
    ASSERT_TRUE(expected.has_value());
    ExpectSame(*decoded, *expected);
    ++taken;
  }
  EXPECT_GT(taken, 2'000);
  EXPECT_LT(refused_by_one, taken);
}

TEST(IsoTimeTest, AgreesWithTheGeneralParserOnEveryDayAndOddForms) {
  std::vector<std::string> texts = {"2018-06-12T10:00:00Z",
                                    "2018-06-12T10:00:00.5+02:00",
                                    "2018-06-12T10:00:60.000Z",
                                    "2018-06-12T10:00:60Z",
                                    "2018-06-12T24:00:00Z",
                                    "2018-06-12 10:00:00Z",
                                    "2018-06-1xT10:00:00Z",
                                    "2018-06-12T24:00:00.000Z",
                                    "2018-06-12t10:00:00.000z",
                                    "2018-06-12T10:00:00.000",
                                    "",
                                    "infinite-future",
                                    "2018-6-12T10:00:00.000Z",
                                    "2018-06-12T10:60:00.000Z",
                                    "2018-13-12T10:00:00.000Z",
                                    "2018-00-12T10:00:00.000Z",
                                    "20x8-06-12T10:00:00.000Z"};
  for (const int year : {0, 1, 4, 100, 400, 1600, 1899, 1900, 1969, 1970, 2000, 2018, 2024, 9999}) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 0; day <= 32; ++day) {
        texts.push_back(absl::StrFormat("%04d-%02d-%02dT23:59:58.987Z", year, month, day));
        texts.push_back(absl::StrFormat("%04d-%02d-%02dT23:59:58Z", year, month, day));
      }
    }
  }
  for (const std::string& text : texts) {
    absl::Time expected;
    std::string error;
    const bool good = absl::ParseTime(absl::RFC3339_full, text, &expected, &error) &&
                      expected != absl::InfiniteFuture();
    EXPECT_EQ(ParseIsoTime(text), good ? std::optional(expected) : std::nullopt) << text;
  }
}

}  // namespace
}  // namespace aifx::backend
