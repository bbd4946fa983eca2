#include "client/collect/source_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace aifx::collect {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;

TEST(ParseRowsTest, ReadsCsvByColumnName) {
  ASSERT_OK_AND_ASSIGN(const auto rows, ParseRows("\xef\xbb\xbf# a comment\n"
                                                  "Name, Value ,note\r\n"
                                                  "\"a, \"\"b\"\"\",1,\"two\nlines\"\r\n"
                                                  "\n"
                                                  "c,,",
                                                  "x.csv"));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].place, "x.csv:3");
  EXPECT_EQ(rows[0].Text({"name"}), "a, \"b\"");
  EXPECT_EQ(rows[0].Text({"other", "value"}), "1");
  EXPECT_EQ(rows[0].Text({"note"}), "two\nlines");
  EXPECT_EQ(rows[1].place, "x.csv:6");
  EXPECT_EQ(rows[1].Text({"value"}), "");
  EXPECT_EQ(rows[1].Text({"missing"}), "");
}

TEST(ParseRowsTest, ReadsJsonWithOrWithoutAnEnvelope) {
  for (const char* text : {R"([{"Name":"a","value":1.5,"known":true,"none":null}])",
                           R"( {"total":1,"events":[{"Name":"a","value":1.5,"known":true}]})"}) {
    ASSERT_OK_AND_ASSIGN(const auto rows, ParseRows(text, "x.json"));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].place, "x.json[0]");
    EXPECT_EQ(rows[0].Text({"name"}), "a");
    EXPECT_EQ(rows[0].Text({"value"}), "1.5");
    EXPECT_EQ(rows[0].Text({"known"}), "true");
    EXPECT_EQ(rows[0].Text({"none"}), "");
  }
}

TEST(ParseRowsTest, NamesThePlaceOfWhatIsWrong) {
  struct Case {
    const char* text;
    const char* message;
  };
  for (const Case& c : {
           Case{"", "x has no header line"},
           Case{"a,b\n1\n", "x:2: 1 cells under 2 columns"},
           Case{"a,b\n1,2,3\n", "x:2: 3 cells under 2 columns"},
           Case{"a,A\n", "x:1: the header names the column 'a' twice"},
           Case{"a\nok\n\"open\n\n", "x:3: a quote is not closed"},
           Case{"a\n\"b\"c\n", "x:2: 'c' follows a closing quote"},
           Case{"[1]", "x[0] is not an object"},
           Case{"[{\"a\":[1]}]", "x[0] field a is an array"},
           Case{"[{\"a\":1,\"A\":2}]", "x[0] has the field a twice"},
           Case{"[{\"a\":1},{\"b\":{\"c\":[1]},\"a\":1,\"a\":2}]", "x[1] has the field a twice"},
           Case{"{\"n\":[],\"n\":[{\"a\":1}]}", "x has the field n twice"},
           Case{"{\"a\":1}", "x has no array of rows"},
           Case{"{\"a\":[],\"b\":[]}", "x has more than one array"},
           Case{"[{\"a\":1}", "x is not well-formed JSON"},
       }) {
    EXPECT_THAT(ParseRows(c.text, "x"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)))
        << c.text;
  }
}

// They are refused before a parser sees them.
TEST(ParseRowsTest, RefusesDeepNesting) {
  const std::string deep =
      R"([{"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}]";
  EXPECT_THAT(ParseRows(deep, "x.json"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("x.json is nested deeper")));
}

TEST(ParseRowsTest, RefusesWhatIsNotUtf8) {
  EXPECT_OK(
      ParseRows("a\n\xc3\xa9 \xe2\x82\xac \xed\x9f\xbf \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf\n", "x"));
  // Latin-1; cut short; long forms; a surrogate; beyond U+10FFFF.
  for (const char* text :
       {"\xe9", "\x80", "\xff", "\xe2\x82", "\xf0\x9f\x98", "\xc0\xaf", "\xe0\x80\xaf",
        "\xf0\x80\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    EXPECT_THAT(ParseRows(std::string("a\n1\n\xc3\xa9t") + text, "x"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("x:3:3: byte 0x")));
    EXPECT_THAT(ParseRows(std::string("[{\"a\":\"") + text + "\"}]", "x"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("x:1:8: byte 0x")));
  }
}

TEST(ParseSourceTimeTest, KnowsADateFromAMoment) {
  ASSERT_OK_AND_ASSIGN(const SourceTime date, ParseSourceTime("2025-04-02"));
  EXPECT_FALSE(date.has_hour);
  EXPECT_EQ(date.time, absl::FromUnixSeconds(1743552000));
  for (const char* text : {"2025-04-02T12:30:00Z", "2025-04-02T08:30:00-04:00", "2025-04-02 12:30",
                           "2025-04-02T12:30:00.000Z"}) {
    ASSERT_OK_AND_ASSIGN(const SourceTime time, ParseSourceTime(text));
    EXPECT_TRUE(time.has_hour);
    EXPECT_EQ(time.time, absl::FromUnixSeconds(1743597000)) << text;
  }
  for (const char* text : {"", "yesterday", "2025-13-01", "02/04/2025", "infinite-past", "1:30"}) {
    EXPECT_THAT(ParseSourceTime(text), StatusIs(absl::StatusCode::kInvalidArgument, ::testing::_))
        << text;
  }
}

}  // namespace
}  // namespace aifx::collect
