#include "client/backend/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/backend/decimal.h"
#include "client/backend/envelope.h"
#include "core/records/prediction.h"
#include "tests/support/status_matchers.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::StatusIs;
using nlohmann::json;
using ::testing::HasSubstr;

TEST(ObjectReaderTest, ReadsNumbersFromNumbersAndStrings) {
  const json object = json::parse(
      R"({"a": 1.5, "b": "1.09500", "c": "-3", "d": 7, "e": "12345678901", "f": "7.00", "g": null})");
  ObjectReader reader(object, "row");
  EXPECT_EQ(reader.Number("a"), 1.5);
  EXPECT_EQ(reader.Number("b"), 1.095);
  EXPECT_EQ(reader.Integer("c"), -3);
  EXPECT_EQ(reader.Number("d"), 7);
  EXPECT_EQ(reader.Integer("e"), 12345678901);
  EXPECT_EQ(reader.Integer("f"), 7);
  EXPECT_EQ(reader.OptionalNumber("g"), std::nullopt);
  EXPECT_EQ(reader.OptionalInteger("absent"), std::nullopt);
  EXPECT_OK(reader.status());
}

TEST(ObjectReaderTest, NamesMemberAndValueOfTheFirstError) {
  struct Case {
    std::string object;
    std::string message;
  };
  for (const Case& c :
       std::vector<Case>{{R"({"x": "abc"})", R"(rows[3].x is "abc": it is not a finite number)"},
                         {R"({"x": ""})", R"(rows[3].x is "")"},
                         {R"({"x": "nan"})", R"(rows[3].x is "nan")"},
                         {R"({"x": "1e999"})", "not a finite number"},
                         {R"({"x": "1.5x"})", "1.5x"},
                         {R"({"x": true})", "rows[3].x is true"},
                         {R"({"x": [1]})", "rows[3].x is [1]"},
                         {R"({})", "rows[3].x is missing"},
                         {R"({"x": null})", "rows[3].x is missing"},
                         {R"([])", "rows[3] is not an object"},
                         {R"("text")", "rows[3] is not an object"}}) {
    SCOPED_TRACE(c.object);
    const json object = json::parse(c.object);
    ObjectReader reader(object, "rows", 3);
    EXPECT_EQ(reader.Number("x"), 0);
    reader.Number("another");
    EXPECT_THAT(reader.status(), StatusIs(absl::StatusCode::kInternal, HasSubstr(c.message)));
  }
}

TEST(ObjectReaderTest, ReadsTimesWithZoneOnly) {
  const json object = json::parse(
      R"({"a": "2018-06-12T10:00:00.250Z", "b": "2018-06-12T12:00:00+02:00",
          "c": "2018-06-12T10:00:00", "d": 1528797600000, "e": "infinite-future"})");
  ObjectReader good(object, "row");
  EXPECT_EQ(absl::ToUnixMillis(good.Timestamp("a")), 1528797600250);
  EXPECT_EQ(absl::ToUnixMillis(good.Timestamp("b")), 1528797600000);
  EXPECT_OK(good.status());
  EXPECT_EQ(FormatTimestamp(good.Timestamp("a")), "2018-06-12T10:00:00.250Z");
  for (const char* key : {"c", "d", "e", "f"}) {
    ObjectReader bad(object, "row");
    bad.Timestamp(key);
    EXPECT_THAT(bad.status(), StatusIs(absl::StatusCode::kInternal, HasSubstr(key)));
  }
}

TEST(ObjectReaderTest, ParsesEnumerations) {
  const json object = json::parse(R"({"a": "buy", "b": "BUY?", "c": 1})");
  ObjectReader good(object, "row");
  EXPECT_EQ(good.Parsed("a", records::ParseSignal), records::Signal::kBuy);
  EXPECT_EQ(good.OptionalParsed("none", records::ParseSignal), std::nullopt);
  EXPECT_OK(good.status());
  for (const char* key : {"b", "c", "none"}) {
    ObjectReader bad(object, "row");
    EXPECT_EQ(bad.Parsed(key, records::ParseSignal), std::nullopt);
    EXPECT_THAT(bad.status(), StatusIs(absl::StatusCode::kInternal, HasSubstr(key)));
  }
}

TEST(EnvelopeTest, TakesBothErrorShapes) {
  const auto documented = ParseEnvelope(
      R"({"success":false,"data":null,"error":{"code":"INVALID_PAIR","message":"bad"}})");
  ASSERT_TRUE(documented.has_value());
  EXPECT_FALSE(documented->success);
  EXPECT_EQ(documented->code, "INVALID_PAIR");
  EXPECT_EQ(documented->message, "bad");
  const auto deployed =
      ParseEnvelope(R"({"success":false,"error":"bad","code":"INVALID_PAIR","stack":"x"})");
  ASSERT_TRUE(deployed.has_value());
  EXPECT_EQ(deployed->code, "INVALID_PAIR");
  EXPECT_EQ(deployed->message, "bad");
  const auto bare = ParseEnvelope(R"({"success":false})");
  ASSERT_TRUE(bare.has_value());
  EXPECT_EQ(bare->code, "");
}

TEST(EnvelopeTest, RefusesWhatIsNoEnvelope) {
  for (const char* body : {"", "<html></html>", "[]", "{}", "null", R"({"success":"yes"})",
                           R"({"success":true)", "{\"success\":true,\"data\":1e999}"}) {
    EXPECT_FALSE(ParseEnvelope(body).has_value()) << body;
  }
}

TEST(DecimalTest, RoundsAsTheColumnDoes) {
  struct Case {
    double value;
    int places;
    double rounded;
  };
  // Python: Decimal('<shortest text>').quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP).
  for (const Case& c : std::vector<Case>{{1.000005, 5, 1.00001},  // its double lies below the half
                                         {1.0000049, 5, 1.00000},
                                         {1.095, 5, 1.095},
                                         {0.999995, 5, 1.0},
                                         {99.999999, 5, 100.0},
                                         {-0.125, 2, -0.13},
                                         {0.005, 2, 0.01},
                                         {0.0049999, 2, 0.0},
                                         {0.575, 2, 0.58},
                                         {1e-300, 5, 0.0},
                                         {123456.0, 5, 123456.0},
                                         {0.0, 2, 0.0}}) {
    EXPECT_EQ(RoundDecimal(c.value, c.places), c.rounded) << c.value;
  }
}

}  // namespace
}  // namespace aifx::backend
