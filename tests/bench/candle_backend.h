#ifndef AIFX_TESTS_BENCH_CANDLE_BACKEND_H_
#define AIFX_TESTS_BENCH_CANDLE_BACKEND_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/records/candle_events.h"
#include "tests/bench/replay_server.h"

namespace aifx::bench {

// A stand-in of the backend that has candles and nothing else: GET .../training-data/market/:pair
// with timeframe, startDate, endDate, limit and offset, in the backend's form, from memory. Its
// clock is set by hand; a candle is there once it has closed. Each series is a random walk of its
// own, the same in every run: no two have a window in common. Thread-safe.
class CandleBackend {
 public:
  // `count` candles of each series, the newest of which closes at `end`, a whole multiple of every
  // timeframe.
  CandleBackend(const std::vector<records::CandleSeriesId>& series, absl::Time end, size_t count);

  std::string url() const { return server_.url(); }
  void SetNow(absl::Time now) { now_.store(absl::ToUnixMillis(now)); }
  // How often each series was read since the last call.
  std::map<records::CandleSeriesId, int> TakeReads();
  // Candles in all replies so far.
  int64_t candles_sent() const { return candles_sent_.load(); }

 private:
  struct Series {
    std::string head;                  // of the reply, up to the rows
    std::string rows;                  // JSON objects with commas between them
    std::vector<size_t> offsets;       // of each row in `rows`, and where one more would begin
    int64_t first_open = 0, step = 0;  // milliseconds
    std::atomic<int> reads{0};
  };

  static void Fill(const records::CandleSeriesId& id, absl::Time end, size_t count, uint32_t seed,
                   Series& series);
  std::optional<std::string> Answer(absl::string_view target);
  // Rows [first, last) of those that are there and in the range that the query asks for.
  std::pair<size_t, size_t> RangeOf(const Series& series,
                                    const std::map<std::string, std::string>& query) const;

  std::atomic<int64_t> now_{0};  // milliseconds
  std::atomic<int64_t> candles_sent_{0};
  std::map<records::CandleSeriesId, Series> series_;
  ReplayServer server_;  // calls Answer: ends first
};

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_CANDLE_BACKEND_H_
