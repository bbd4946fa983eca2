#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/backend/values.h"
#include "client/http/http_failure.h"
#include "tests/unit/client/backend/backend_fixture.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::FakeHttpClient;
using ::aifx::testing::StatusIs;
using market::Candle;
using market::Timeframe;
using ::testing::_;
using ::testing::DoubleNear;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::map<std::string, std::string> QueryOf(const std::string& url) {
  std::map<std::string, std::string> query;
  for (absl::string_view part : absl::StrSplit(url.substr(url.find('?') + 1), '&')) {
    const std::pair<std::string, std::string> entry = absl::StrSplit(part, '=');
    query[entry.first] = absl::StrReplaceAll(entry.second, {{"%3A", ":"}, {"%2F", "/"}});
  }
  return query;
}

absl::Time TimeOf(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text;
  return time;
}

// The market data route over a list of open times.
class CandleBackendTest : public BackendTest {
 protected:
  absl::StatusOr<http::HttpResponse> Answer(const http::HttpRequest& request) {
    auto query = QueryOf(request.url);
    absl::Time start = absl::InfinitePast(), end = absl::InfiniteFuture();
    if (query.contains("startDate")) start = TimeOf(query["startDate"]);
    if (query.contains("endDate")) end = TimeOf(query["endDate"]);
    size_t limit = 0, offset = 0;
    EXPECT_TRUE(absl::SimpleAtoi(query["limit"], &limit));
    EXPECT_TRUE(absl::SimpleAtoi(query["offset"], &offset));
    if (limit > largest_page_) {
      return http::WithHttpFailure(absl::ResourceExhaustedError("too large"),
                                   {.may_have_arrived = true, .reply_too_large = true});
    }
    nlohmann::json rows = nlohmann::json::array();
    size_t total = 0;
    for (const absl::Time open : opens_) {
      if (open < start || open > end) continue;
      if (total >= offset && rows.size() < std::min(limit, page_cap_)) {
        rows.push_back({{"timestamp", FormatTimestamp(open)},
                        {"open", "1.10000"},
                        {"high", 1.2},
                        {"low", "1.00000"},
                        {"close", "1.15"}});
      }
      ++total;
    }
    rows_sent_ += rows.size();
    if (after_reply_) after_reply_();
    const nlohmann::json body = {
        {"success", true},
        {"data", {{"marketData", rows}, {"pagination", {{"total", total}, {"hasMore", false}}}}}};
    return FakeHttpClient::Json(200, body.dump());
  }

  void Serve() {
    served_ = std::make_unique<FakeHttpClient>(
        [this](const http::HttpRequest& request) { return Answer(request); });
    client_ =
        BackendClient::Create(config_, {*served_, clock_, logger_, [] { return 0.; }}).value();
  }

  // Hourly candles of the trading week: Sunday 21:00 to Friday 21:00 UTC, `weeks` of them before
  // `end`, a Friday 21:00.
  void FillWeeks(absl::Time end, int weeks) {
    for (int week = weeks; week > 0; --week) {
      const absl::Time start = end - absl::Hours(168 * (week - 1)) - absl::Hours(120);
      for (int hour = 0; hour < 120; ++hour) opens_.push_back(start + absl::Hours(hour));
    }
  }

  std::vector<absl::Time> opens_;
  size_t page_cap_ = 10000;
  size_t largest_page_ = 10000;
  size_t rows_sent_ = 0;
  std::function<void()> after_reply_;
  BackendConfig config_;
  std::unique_ptr<FakeHttpClient> served_;
};

const absl::Time kFriday = absl::FromCivil(absl::CivilHour(2018, 6, 15, 21), absl::UTCTimeZone());

TEST_F(BackendTest, CandlesAreReadWithStringsNumbersNullsAndSpread) {
  PushData(R"({"pair":"USD/JPY","timeframe":"1h","marketData":[
      {"id":"x","timestamp":"2018-06-12T08:00:00.000Z","open":"110.10100","high":110.2,
       "low":"110.00000","close":"110.15000","volume":"12345678901","spread":"0.01800",
       "technicalIndicators":{"rsi":50},"createdAt":"2018-06-12T09:00:01.000Z"},
      {"timestamp":"2018-06-12T09:00:00.000Z","open":1,"high":2,"low":0.5,"close":1.5,
       "volume":null,"spread":null}],
      "pagination":{"total":"2","limit":5000,"offset":0,"hasMore":false}})");
  ASSERT_OK_AND_ASSIGN(const std::vector<Candle> candles,
                       client_->Range(Pair("USD/JPY"), Timeframe::k1Hour, At(2018, 6, 12, 8),
                                      At(2018, 6, 12, 10), {}));
  ASSERT_THAT(candles, SizeIs(2));
  EXPECT_EQ(candles[0].open_time, At(2018, 6, 12, 8));
  EXPECT_EQ(candles[0].open, 110.101);
  EXPECT_EQ(candles[0].volume, 12345678901.0);
  ASSERT_TRUE(candles[0].spread_pips.has_value());
  EXPECT_THAT(*candles[0].spread_pips, DoubleNear(1.8, 1e-9));
  EXPECT_EQ(candles[1].volume, std::nullopt);
  EXPECT_EQ(candles[1].spread_pips, std::nullopt);
  const http::HttpRequest request = http_.requests()[0];
  EXPECT_THAT(request.url, StartsWith("http://backend.test:3000/api/v1/ml/training-data/market/"
                                      "USD%2FJPY?timeframe=1h&"));
  EXPECT_THAT(request.url, HasSubstr("startDate=2018-06-12T08%3A00%3A00.000Z"));
  EXPECT_THAT(request.url, HasSubstr("endDate=2018-06-12T09%3A59%3A59.999Z"));
  EXPECT_EQ(request.max_response_bytes, size_t{8} << 20);
}

TEST_F(BackendTest, CandlesThatMakeNoSenseAreInternalAndNamed) {
  const std::string tail = R"(,"pagination":{"total":2}})";
  const std::string good =
      R"({"timestamp":"2018-06-12T08:00:00.000Z","open":1,"high":1,"low":1,"close":1})";
  for (const auto& [data, message] : std::vector<std::pair<std::string, std::string>>{
           {R"({"marketData":[)" + good + "," + good + "]" + tail, "not ascending"},
           {R"({"marketData":[{"timestamp":"2018-06-12T08:00:00.000Z","open":"abc"}])" + tail,
            "marketData[0].open is \"abc\""},
           {R"({"marketData":[{"open":1}])" + tail, "marketData[0].timestamp is missing"},
           {R"({"marketData":{})" + tail, "data.marketData"},
           {R"({"marketData":[]})", "data.pagination is missing"},
           {R"({"marketData":[],"pagination":{"total":"many"}})", "pagination.total"},
           {R"({"marketData":[{"timestamp":"2017-06-12T08:00:00.000Z","open":1,"high":1,"low":1,
                "close":1}])" +
                tail,
            "outside of"},
           {"null", "data is not an object"}}) {
    SCOPED_TRACE(data);
    PushData(data);
    EXPECT_THAT(
        client_->Range(Pair("EUR/USD"), Timeframe::k1Hour, At(2018, 6, 12), At(2018, 6, 13), {}),
        StatusIs(absl::StatusCode::kInternal, HasSubstr(message)));
  }
}

TEST_F(CandleBackendTest, RangeReadsEveryPageOnceWhateverHasMoreSays) {
  FillWeeks(kFriday, 2);
  page_cap_ = 50;  // the backend gives less than is asked for, and hasMore is always false
  Serve();
  ASSERT_OK_AND_ASSIGN(
      const std::vector<Candle> candles,
      client_->Range(Pair("EUR/USD"), Timeframe::k1Hour, opens_[5], opens_.back(), {}));
  ASSERT_THAT(candles, SizeIs(opens_.size() - 6));  // start is inclusive, end exclusive
  for (size_t i = 0; i < candles.size(); ++i) ASSERT_EQ(candles[i].open_time, opens_[i + 5]);
  EXPECT_THAT(served_->requests(), SizeIs(5));
}

TEST_F(CandleBackendTest, RowsInsertedMeanwhileShiftNoPage) {
  FillWeeks(kFriday, 1);
  page_cap_ = 50;
  const std::vector<absl::Time> before = opens_;
  after_reply_ = [&] { opens_.insert(opens_.begin(), opens_.front() - absl::Hours(1)); };
  Serve();
  ASSERT_OK_AND_ASSIGN(const std::vector<Candle> candles,
                       client_->Range(Pair("EUR/USD"), Timeframe::k1Hour, absl::InfinitePast(),
                                      absl::InfiniteFuture(), {}));
  ASSERT_THAT(candles, SizeIs(before.size()));
  for (size_t i = 0; i < before.size(); ++i) ASSERT_EQ(candles[i].open_time, before[i]);
}

TEST_F(CandleBackendTest, PagesThatAreTooLargeAreAskedForInSmallerParts) {
  FillWeeks(kFriday, 10);
  largest_page_ = 700;
  Serve();
  ASSERT_OK_AND_ASSIGN(const std::vector<Candle> candles,
                       client_->Range(Pair("EUR/USD"), Timeframe::k1Hour, absl::InfinitePast(),
                                      absl::InfiniteFuture(), {}));
  EXPECT_THAT(candles, SizeIs(1200));
  largest_page_ = 1;
  EXPECT_THAT(client_->Range(Pair("EUR/USD"), Timeframe::k1Hour, absl::InfinitePast(),
                             absl::InfiniteFuture(), {}),
              StatusIs(absl::StatusCode::kResourceExhausted, _));
}

TEST_F(CandleBackendTest, NewestReadsOneWindowAcrossAWeekendAndDropsTheOneInProgress) {
  FillWeeks(kFriday, 30);
  Serve();
  const absl::Time monday = kFriday + absl::Hours(48 + 3);
  for (int hour = 0; hour < 4; ++hour) opens_.push_back(kFriday + absl::Hours(48 + hour));
  const absl::Time as_of = monday + absl::Minutes(30);  // the last candle is in progress
  ASSERT_OK_AND_ASSIGN(const std::vector<Candle> candles,
                       client_->Newest(Pair("EUR/USD"), Timeframe::k1Hour, 120, as_of, {}));
  ASSERT_THAT(candles, SizeIs(120));
  EXPECT_EQ(candles.back().open_time, monday - absl::Hours(1));
  EXPECT_EQ(candles.front().open_time, opens_[opens_.size() - 121]);
  EXPECT_THAT(served_->requests(), SizeIs(1));
  EXPECT_THAT(rows_sent_, Le(300u));
}

TEST_F(CandleBackendTest, NewestFindsTheEndOfASeriesThatStoppedYearsAgo) {
  FillWeeks(kFriday, 100);
  Serve();
  ASSERT_OK_AND_ASSIGN(const std::vector<Candle> candles,
                       client_->Newest(Pair("EUR/USD"), Timeframe::k1Hour, 150,
                                       kFriday + absl::Hours(24 * 365 * 8), {}));
  ASSERT_THAT(candles, SizeIs(150));
  EXPECT_EQ(candles.front().open_time, opens_[opens_.size() - 150]);
  EXPECT_EQ(candles.back().open_time, opens_.back());
  EXPECT_THAT(served_->requests(), SizeIs(Le(4)));
  EXPECT_THAT(rows_sent_, Le(152u));  // not the whole history
}

TEST_F(CandleBackendTest, NewestReachesOverAHoleAndGivesWhatThereIs) {
  FillWeeks(kFriday, 1);
  const std::vector<absl::Time> old = opens_;
  for (int hour = 0; hour < 10; ++hour) opens_.push_back(kFriday + absl::Hours(24 * 90 + hour));
  Serve();
  const absl::Time as_of = opens_.back() + absl::Hours(1);  // closes exactly then: counts
  ASSERT_OK_AND_ASSIGN(const std::vector<Candle> over,
                       client_->Newest(Pair("EUR/USD"), Timeframe::k1Hour, 30, as_of, {}));
  ASSERT_THAT(over, SizeIs(30));
  EXPECT_EQ(over.front().open_time, old[100]);
  EXPECT_EQ(over.back().open_time, opens_.back());
  ASSERT_OK_AND_ASSIGN(const std::vector<Candle> all,
                       client_->Newest(Pair("EUR/USD"), Timeframe::k1Hour, 1000, as_of, {}));
  EXPECT_THAT(all, SizeIs(130));
  ASSERT_OK_AND_ASSIGN(const std::vector<Candle> early,
                       client_->Newest(Pair("EUR/USD"), Timeframe::k1Hour, 5, At(1990, 1, 1), {}));
  EXPECT_THAT(early, IsEmpty());
}

}  // namespace
}  // namespace aifx::backend
