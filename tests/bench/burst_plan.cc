#include "tests/bench/burst_plan.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "client/events/message.h"
#include "core/market/timeframe.h"
#include "tests/bench/bench_model.h"

namespace aifx::bench {
namespace {

using market::Timeframe;
using records::CandleSeriesId;

struct Watched {
  Timeframe timeframe;
  ml::v1::Timeframe proto;
};
// All of them close every four hours.
constexpr Watched kWatched[] = {{Timeframe::k15Min, ml::v1::TIMEFRAME_15MIN},
                                {Timeframe::k30Min, ml::v1::TIMEFRAME_30MIN},
                                {Timeframe::k1Hour, ml::v1::TIMEFRAME_1H},
                                {Timeframe::k4Hours, ml::v1::TIMEFRAME_4H}};

// Every pair of the eight currencies that are traded most: 28.
std::vector<market::CurrencyPair> Pairs() {
  constexpr const char* kCurrencies[] = {"EUR", "GBP", "AUD", "NZD", "USD", "CAD", "CHF", "JPY"};
  std::vector<market::CurrencyPair> pairs;
  for (size_t base = 0; base < std::size(kCurrencies); ++base) {
    for (size_t quote = base + 1; quote < std::size(kCurrencies); ++quote) {
      pairs.push_back(
          *market::CurrencyPair::Parse(absl::StrCat(kCurrencies[base], "/", kCurrencies[quote])));
    }
  }
  return pairs;
}

}  // namespace

std::vector<CandleSeriesId> AllSeries() {
  std::vector<CandleSeriesId> all;
  for (const market::CurrencyPair& pair : Pairs()) {
    for (const Watched& watched : kWatched) all.push_back({pair, watched.timeframe});
  }
  return all;
}

std::vector<ml::v1::WatchPredictionsRequest> WatchRequests(size_t watchers, bool whole_pair) {
  const std::vector<market::CurrencyPair> pairs = Pairs();
  std::vector<ml::v1::WatchPredictionsRequest> requests(watchers);
  for (size_t i = 0; i < requests.size(); ++i) {
    requests[i].set_model_name(kModelName);
    requests[i].add_pairs(pairs[i % pairs.size()].ToString());
    for (size_t t = 0; t < kTimeframes; ++t) {
      const bool wanted = whole_pair || t == i / pairs.size() % kTimeframes;
      if (wanted) requests[i].add_timeframes(kWatched[t].proto);
    }
  }
  return requests;
}

std::vector<std::string> Announcements(const std::vector<CandleSeriesId>& series,
                                       absl::Time close) {
  std::vector<std::string> messages;
  for (const CandleSeriesId& id : series) {
    const absl::Time open = close - market::TimeframeDuration(id.timeframe);
    messages.push_back(events::EncodeMessage(events::kNewMarketData,
                                             {{"pair", id.pair.ToString()},
                                              {"timeframe", market::TimeframeName(id.timeframe)},
                                              {"timestamp", absl::ToUnixMillis(open)}},
                                             close));
  }
  return messages;
}

}  // namespace aifx::bench
