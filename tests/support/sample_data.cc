#include "tests/support/sample_data.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"

namespace aifx::testing {
namespace {

constexpr absl::string_view kHeader = "timestamp,open,high,low,close,spread";

absl::StatusOr<market::Candle> ParseLine(absl::string_view line, double pip) {
  const std::vector<absl::string_view> cells = absl::StrSplit(line, ',');
  if (cells.size() != 6) return absl::InvalidArgumentError("does not have 6 columns");
  market::Candle candle;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, cells[0], &candle.open_time, &error)) {
    return absl::InvalidArgumentError(absl::StrCat("timestamp ", cells[0], ": ", error));
  }
  std::array<double, 5> numbers;
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (!absl::SimpleAtod(cells[i + 1], &numbers[i])) {
      return absl::InvalidArgumentError(absl::StrCat(cells[i + 1], " is not a number"));
    }
  }
  candle.open = numbers[0];
  candle.high = numbers[1];
  candle.low = numbers[2];
  candle.close = numbers[3];
  candle.spread_pips = numbers[4] / pip;
  return candle;
}

}  // namespace

market::CurrencyPair SamplePair() { return *market::CurrencyPair::Parse("EUR/USD"); }

std::string SampleDataPath() { return "examples/data/eurusd_1h.csv"; }

absl::StatusOr<std::vector<market::Candle>> ReadSampleCandles(const std::string& path,
                                                              const market::CurrencyPair& pair) {
  AIFX_ASSIGN_OR_RETURN(const std::string content, base::ReadFile(path));
  std::vector<market::Candle> candles;
  size_t line_number = 0;
  for (absl::string_view line : absl::StrSplit(content, '\n')) {
    ++line_number;
    if (line_number == 1) {
      if (line == kHeader) continue;
      return absl::InvalidArgumentError(absl::StrCat(path, ":1: the header is not ", kHeader));
    }
    if (line.empty()) continue;
    absl::StatusOr<market::Candle> candle = ParseLine(line, pair.PipSize());
    if (!candle.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":", line_number, ": ", candle.status().message()));
    }
    candles.push_back(*candle);
  }
  return candles;
}

std::vector<market::Candle> SampleCandles() {
  absl::StatusOr<std::vector<market::Candle>> candles =
      ReadSampleCandles(SampleDataPath(), SamplePair());
  if (!candles.ok()) {
    std::fprintf(stderr, "no sample candles: %s\n", candles.status().ToString().c_str());
    std::abort();
  }
  return *std::move(candles);
}

}  // namespace aifx::testing
