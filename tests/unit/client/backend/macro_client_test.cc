#include "client/backend/macro_client.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "tests/unit/client/backend/backend_fixture.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::StatusIs;
using macro::EconomicEvent;
using macro::FundamentalRecord;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class MacroClientTest : public BackendTest {
 protected:
  MacroClient macro() { return MacroClient(client_->channel()); }

  // A page of calendar events with these names, an hour apart.
  void PushEvents(const std::vector<std::string>& names, int64_t total) {
    json rows = json::array();
    for (const std::string& name : names) {
      rows.push_back({{"eventDate", "2018-06-12T10:00:00.000Z"},
                      {"currency", "USD"},
                      {"eventName", name},
                      {"impactLevel", "High"}});
    }
    PushData(json{{"events", rows}, {"pagination", {{"total", total}}}}.dump());
  }
};

TEST_F(MacroClientTest, ReadsFundamentalsInOrderInBothForms) {
  PushData(R"({"fundamentalData":[
      {"date":"2018-04-01","country":"US","indicator":"gdp","value":"2.100000","unit":"percent",
       "source":"FRED:GDPC1","releasedAt":"2018-08-29T12:30:00.000Z"},
      {"date":"2018-04-01T00:00:00.000Z","country":"US","indicator":"gdp","value":4.2,
       "unit":null,"releasedAt":"2018-07-27T12:30:00.000Z"},
      {"date":"2018-01-01","country":"EU","indicator":"gdp","value":0},
      {"date":"soon","country":"EU","indicator":"gdp","value":0}],"pagination":{"total":4}})");
  ASSERT_OK_AND_ASSIGN(const std::vector<FundamentalRecord> records,
                       macro().Fundamentals({.indicator = "gdp",
                                             .countries = {"US", "EU"},
                                             .start = At(2018, 1, 1),
                                             .end = At(2018, 12, 31),
                                             .as_of = At(2018, 9, 1, 8)},
                                            {}));
  EXPECT_THAT(http_.requests()[0].url,
              EndsWith("/training-data/fundamental?indicator=gdp&countries=US%2CEU&"
                       "startDate=2018-01-01T00%3A00%3A00.000Z&"
                       "endDate=2018-12-31T00%3A00%3A00.000Z&"
                       "asOf=2018-09-01T08%3A00%3A00.000Z&limit=1000&offset=0"));
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_EQ(records[0].country, "EU");
  EXPECT_EQ(records[0].released_at, std::nullopt);
  EXPECT_EQ(records[1].value, 4.2);
  EXPECT_EQ(records[1].unit, "");
  EXPECT_EQ(records[2].value, 2.1);
  EXPECT_EQ(records[2].date, At(2018, 4, 1));
  EXPECT_EQ(records[2].released_at, At(2018, 8, 29, 12, 30));
  EXPECT_THAT(logger_.text(), HasSubstr("fundamentalData[3].date is \"soon\""));
}

TEST_F(MacroClientTest, ReadsEventsWithEveryFilter) {
  PushData(R"({"events":[
      {"eventDate":"2018-06-12T12:30:00.000Z","currency":"USD","eventName":"CPI",
       "impactLevel":"HIGH","forecastValue":"0.2","actualValue":null,"previousValue":0.3,
       "source":"calendar","timeKnown":false},
      {"eventDate":"2018-06-12T08:30:00.000Z","currency":"GBP","eventName":"Claims",
       "impactLevel":"medium"}],"pagination":{"total":2}})");
  ASSERT_OK_AND_ASSIGN(const std::vector<EconomicEvent> events,
                       macro().Events({.currencies = {"USD", "GBP"},
                                       .impacts = {macro::Impact::kMedium, macro::Impact::kHigh},
                                       .start = At(2018, 6, 12)},
                                      {}));
  EXPECT_THAT(http_.requests()[0].url,
              EndsWith("/training-data/economic-events?currency=USD%2CGBP&"
                       "impactLevels=medium%2Chigh&startDate=2018-06-12T00%3A00%3A00.000Z&"
                       "limit=1000&offset=0"));
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].name, "Claims");
  EXPECT_TRUE(events[0].time_known);
  EXPECT_EQ(events[1].impact, macro::Impact::kHigh);
  EXPECT_EQ(events[1].forecast, 0.2);
  EXPECT_EQ(events[1].actual, std::nullopt);
  EXPECT_EQ(events[1].previous, 0.3);
  EXPECT_FALSE(events[1].time_known);
}

TEST_F(MacroClientTest, ReadsEveryPageOnceWhileRowsAreAdded) {
  PushEvents({"a", "b"}, 3);
  PushEvents({"b", "c"}, 4);  // one was added before "b"
  ASSERT_OK_AND_ASSIGN(const std::vector<EconomicEvent> events, macro().Events({}, {}));
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_EQ(events[2].name, "c");
  EXPECT_THAT(http_.requests()[1].url, EndsWith("?limit=1000&offset=2"));
}

TEST_F(MacroClientTest, ReadsAnewWhereRowsVanishAndThenGivesUp) {
  PushEvents({"a", "b"}, 4);
  PushEvents({"d"}, 3);  // "c" moved to the page before
  PushEvents({"b", "c", "d"}, 3);
  ASSERT_OK_AND_ASSIGN(const std::vector<EconomicEvent> events, macro().Events({}, {}));
  EXPECT_THAT(events, SizeIs(3));
  for (int i = 0; i < 3; ++i) {
    PushEvents({"a", "b"}, 4);
    PushEvents({"d"}, 3);
  }
  EXPECT_THAT(macro().Events({}, {}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("events of the backend at")));
}

TEST_F(MacroClientTest, StoresFundamentalsAndRepeatsWhatPasses) {
  PushFailure(503, "BUSY", "later");
  PushData(R"({"inserted":"1","updated":1})");
  ASSERT_OK_AND_ASSIGN(
      const macro::UpsertCounts counts,
      macro().PutFundamentals({{.date = At(2018, 4, 1),
                                .country = "US",
                                .indicator = "gdp",
                                .value = 4.2,
                                .unit = "percent",
                                .source = "FRED:GDPC1",
                                .released_at = At(2018, 7, 27, 12, 30)},
                               {.date = At(2018, 4, 1), .country = "EU", .indicator = "cpi"}},
                              {}));
  EXPECT_EQ(counts.inserted, 1);
  EXPECT_EQ(counts.updated, 1);
  ASSERT_THAT(http_.requests(), SizeIs(2));
  EXPECT_THAT(http_.requests()[1].url, EndsWith("/training-data/fundamental"));
  EXPECT_EQ(json::parse(http_.requests()[1].body), json::parse(R"({"records":[
      {"date":"2018-04-01","country":"US","indicator":"gdp","value":4.2,"unit":"percent",
       "source":"FRED:GDPC1","releasedAt":"2018-07-27T12:30:00.000Z"},
      {"date":"2018-04-01","country":"EU","indicator":"cpi","value":0.0}]})"));
}

TEST_F(MacroClientTest, StoresEventsAndLeavesOutWhatIsUnknown) {
  PushData(R"({"inserted":1,"updated":0})");
  ASSERT_OK(macro().PutEvents({{.time = At(2018, 6, 12, 12, 30),
                                .currency = "USD",
                                .name = "CPI",
                                .impact = macro::Impact::kHoliday,
                                .forecast = 0.2,
                                .time_known = false}},
                              {}));
  EXPECT_EQ(json::parse(http_.requests()[0].body), json::parse(R"({"events":[
      {"eventDate":"2018-06-12T12:30:00.000Z","currency":"USD","eventName":"CPI",
       "impactLevel":"holiday","forecastValue":0.2,"timeKnown":false}]})"));
}

TEST_F(MacroClientTest, BatchesHaveALimitAndAnEmptyOneIsNotSent) {
  EXPECT_THAT(macro().PutEvents(std::vector<EconomicEvent>(1001), {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("events has 1001"), HasSubstr("1000"))));
  ASSERT_OK(macro().PutFundamentals({}, {}));
  EXPECT_THAT(http_.requests(), SizeIs(0));
  PushData(R"({"inserted":1000,"updated":0})");
  ASSERT_OK(macro().PutEvents(std::vector<EconomicEvent>(1000), {}));
}

TEST_F(MacroClientTest, SaysWhichRouteAnOlderBackendLacks) {
  PushFailure(404, "ROUTE_NOT_FOUND", "no such route");
  EXPECT_THAT(macro().Fundamentals({}, {}),
              StatusIs(absl::StatusCode::kUnimplemented,
                       AllOf(HasSubstr("http://backend.test:3000"),
                             HasSubstr("GET /training-data/fundamental"),
                             HasSubstr("reading fundamental data will not work"))));
  PushFailure(404, "ROUTE_NOT_FOUND", "no such route");
  EXPECT_THAT(macro().PutEvents(std::vector<EconomicEvent>(1), {}),
              StatusIs(absl::StatusCode::kUnimplemented,
                       AllOf(HasSubstr("POST /training-data/economic-events"),
                             HasSubstr("storing economic events will not work"))));
}

}  // namespace
}  // namespace aifx::backend
