#include "tests/support/long_history.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "core/base/files.h"
#include "tests/support/candles.h"
#include "tests/support/sample_data.h"

namespace aifx::testing {
namespace {

constexpr char kSharedPath[] = "../shared/data/EURUSD_1h_bidask_2007_2018.csv";

// A line of timestamp_utc and open, high, low, close of bid, then of ask.
market::Candle BidAskCandle(absl::string_view line) {
  const std::vector<absl::string_view> cells = absl::StrSplit(line, ',');
  std::array<double, 8> numbers;
  bool good = cells.size() == numbers.size() + 1;
  for (size_t i = 0; good && i < numbers.size(); ++i) {
    good = absl::SimpleAtod(cells[i + 1], &numbers[i]);
  }
  if (!good) {
    std::fprintf(stderr, "%s: a line is not of 9 columns: %s\n", kSharedPath,
                 std::string(line).c_str());
    std::abort();
  }
  market::Candle candle;
  candle.open_time = Time(cells[0]);
  candle.open = numbers[0];
  candle.high = numbers[1];
  candle.low = numbers[2];
  candle.close = numbers[3];
  candle.spread_pips = (numbers[7] - numbers[3]) / SamplePair().PipSize();
  return candle;
}

}  // namespace

LongHistory ReadLongHistory(size_t count) {
  LongHistory history;
  const absl::StatusOr<std::string> content = base::ReadFile(kSharedPath);
  if (content.ok()) {
    history.path = kSharedPath;
    std::vector<absl::string_view> lines = absl::StrSplit(*content, '\n', absl::SkipEmpty());
    lines.erase(lines.begin());  // the header
    for (const absl::string_view line : lines) history.candles.push_back(BidAskCandle(line));
  } else {
    history.path = SampleDataPath();
    history.candles = SampleCandles();
  }
  if (history.candles.size() > count) {
    history.candles.erase(history.candles.begin(),
                          history.candles.end() - static_cast<ptrdiff_t>(count));
  }
  return history;
}

absl::Status WriteSeed(const std::string& path, const std::vector<market::Candle>& candles) {
  std::string text = "timestamp,open,high,low,close,spread\n";
  for (const market::Candle& candle : candles) {
    absl::StrAppendFormat(
        &text, "%s,%.5f,%.5f,%.5f,%.5f,%.5f\n",
        absl::FormatTime(absl::RFC3339_sec, candle.open_time, absl::UTCTimeZone()), candle.open,
        candle.high, candle.low, candle.close,
        candle.spread_pips.value_or(0) * SamplePair().PipSize());
  }
  return base::WriteFileAtomically(path, text);
}

}  // namespace aifx::testing
