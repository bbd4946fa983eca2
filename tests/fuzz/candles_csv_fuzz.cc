// Whatever a CSV file holds, it is refused with the line, or every candle of it has a line.
#include "client/cli/candles_csv.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using aifx::fuzz::Require;
  std::vector<aifx::cli::CandleLine> lines;
  const auto candles = aifx::cli::ParseCandlesCsv({reinterpret_cast<const char*>(data), size},
                                                  "in.csv", 0.0001, &lines);
  if (candles.ok()) {
    Require(lines.size() == candles->size(), "a line for every candle");
  } else {
    Require(candles.status().message().find("in.csv") != absl::string_view::npos,
            "a refusal names the file");
  }
  return 0;
}
