#include "tests/bench/candle_backend.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "core/market/timeframe.h"

namespace aifx::bench {
namespace {

using records::CandleSeriesId;

constexpr absl::string_view kRoute = "/training-data/market/";

std::string IsoTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

// "EUR%2FUSD" to "EUR/USD".
std::string PercentDecode(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const absl::string_view digits = text.substr(i).substr(0, 3).substr(1);
    if (text[i] == '%' && digits.size() == 2 && absl::ascii_isxdigit(digits[0]) &&
        absl::ascii_isxdigit(digits[1])) {
      decoded += absl::HexStringToBytes(digits);
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

std::map<std::string, std::string> QueryOf(absl::string_view text) {
  std::map<std::string, std::string> query;
  for (const absl::string_view part : absl::StrSplit(text, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> both =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    query[std::string(both.first)] = PercentDecode(both.second);
  }
  return query;
}

// Milliseconds since 1970; `otherwise` where the query has no such time.
int64_t TimeOf(const std::map<std::string, std::string>& query, const char* name,
               int64_t otherwise) {
  const auto found = query.find(name);
  absl::Time time;
  if (found == query.end() || !absl::ParseTime(absl::RFC3339_full, found->second, &time, nullptr)) {
    return otherwise;
  }
  return absl::ToUnixMillis(time);
}

size_t NumberOf(const std::map<std::string, std::string>& query, const char* name,
                size_t otherwise) {
  const auto found = query.find(name);
  size_t number = 0;
  return found != query.end() && absl::SimpleAtoi(found->second, &number) ? number : otherwise;
}

}  // namespace

CandleBackend::CandleBackend(const std::vector<CandleSeriesId>& series, absl::Time end,
                             size_t count)
    : server_([this](absl::string_view target) { return Answer(target); }) {
  SetNow(end);
  uint32_t seed = 0;
  // Nobody knows the server yet.
  for (const CandleSeriesId& id : series) Fill(id, end, count, ++seed, series_[id]);
}

void CandleBackend::Fill(const CandleSeriesId& id, absl::Time end, size_t count, uint32_t seed,
                         Series& series) {
  const std::string pair = id.pair.ToString();
  const absl::string_view timeframe = market::TimeframeName(id.timeframe);
  series.head = absl::StrCat(R"({"success":true,"data":{"pair":")", pair, R"(","timeframe":")",
                             timeframe, R"(","marketData":[)");
  const absl::Duration step = market::TimeframeDuration(id.timeframe);
  const absl::Time first = end - step * static_cast<int64_t>(count);
  series.first_open = absl::ToUnixMillis(first);
  series.step = absl::ToInt64Milliseconds(step);
  std::mt19937 random(seed);
  const auto draw = [&] { return static_cast<double>(random()) * 0x1p-32; };  // 0..1
  const double pip = id.pair.PipSize();
  double price = 10000 * pip * (1 + draw());
  series.offsets.push_back(0);
  for (size_t i = 0; i < count; ++i) {
    const double close = price + (draw() - 0.5) * 20 * pip;
    const double high = std::max(price, close) + draw() * 5 * pip;
    const double low = std::min(price, close) - draw() * 5 * pip;
    const std::string time = IsoTime(first + step * static_cast<int64_t>(i));
    absl::StrAppendFormat(
        &series.rows,
        R"({"id":"7d9e2c10-51d3-4c61-9d5e-%012d","pair":"%s","timeframe":"%s","timestamp":"%s",)"
        R"("open":"%.5f","high":"%.5f","low":"%.5f","close":"%.5f","volume":"%d",)"
        R"("spread":"%.5f","technicalIndicators":null,"createdAt":"%s"},)",
        i, pair, timeframe, time, price, high, low, close, 100 + random() % 900,
        (0.5 + draw()) * pip, time);
    series.offsets.push_back(series.rows.size());
    price = close;
  }
}

std::map<CandleSeriesId, int> CandleBackend::TakeReads() {
  std::map<CandleSeriesId, int> reads;
  for (auto& [id, series] : series_) reads[id] = series.reads.exchange(0);
  return reads;
}

std::pair<size_t, size_t> CandleBackend::RangeOf(
    const Series& series, const std::map<std::string, std::string>& query) const {
  // The first candle that opens at `time` or later.
  const auto index_from = [&](int64_t time) {
    const int64_t index = (time - series.first_open + series.step - 1) / series.step;
    const auto count = static_cast<int64_t>(series.offsets.size() - 1);
    return static_cast<size_t>(time <= series.first_open ? 0 : std::min(index, count));
  };
  const size_t first = index_from(TimeOf(query, "startDate", series.first_open));
  const int64_t newest = now_.load() - series.step;  // open time
  const size_t last = index_from(std::min(TimeOf(query, "endDate", newest), newest) + 1);
  return {std::min(first, last), last};
}

std::optional<std::string> CandleBackend::Answer(absl::string_view target) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(target, absl::MaxSplits('?', 1));
  const size_t route = parts.first.find(kRoute);
  if (route == absl::string_view::npos) return std::nullopt;
  const std::map<std::string, std::string> query = QueryOf(parts.second);
  const auto name = query.find("timeframe");
  const auto pair =
      market::CurrencyPair::Parse(PercentDecode(parts.first.substr(route + kRoute.size())));
  const auto timeframe = market::ParseTimeframe(name != query.end() ? name->second : "");
  if (!pair.ok() || !timeframe.ok()) return std::nullopt;
  const auto found = series_.find({*pair, *timeframe});
  if (found == series_.end()) return std::nullopt;
  Series& series = found->second;
  series.reads.fetch_add(1);
  const auto [first, last] = RangeOf(series, query);
  const size_t begin = std::min(first + NumberOf(query, "offset", 0), last);
  const size_t end = std::min(begin + NumberOf(query, "limit", 1000), last);
  candles_sent_.fetch_add(static_cast<int64_t>(end - begin));
  absl::string_view rows(series.rows);
  rows = rows.substr(series.offsets[begin], series.offsets[end] - series.offsets[begin]);
  if (!rows.empty()) rows.remove_suffix(1);  // the comma behind the last
  return absl::StrCat(series.head, rows, R"(],"pagination":{"total":)", last - first,
                      R"(,"limit":1000,"offset":0,"hasMore":false}}})");
}

}  // namespace aifx::bench
