#include "client/cli/candles_csv.h"

#include <array>
#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

enum Name { kTimestamp, kOpen, kHigh, kLow, kClose, kVolume, kSpreadPips, kSpread, kNames };
constexpr std::array<const char*, kNames> kTitles = {
    "timestamp", "open", "high", "low", "close", "volume", "spread_pips", "spread"};

// Which cells of a line are read.
struct Columns {
  std::array<std::optional<size_t>, kNames> places;
  size_t count = 0;  // of all columns
};

// One line of the file, read by column.
class Row {
 public:
  // All outlive the object.
  Row(const Columns& columns, const std::vector<absl::string_view>& cells,
      absl::string_view file_name, size_t line)
      : columns_(columns), cells_(cells), file_name_(file_name), line_(line) {}

  // Such as "eurusd.csv:7", for messages.
  std::string Place() const { return absl::StrCat(file_name_, ":", line_); }

  absl::string_view Text(Name name) const {
    const std::optional<size_t> place = columns_.places[name];
    if (!place.has_value() || *place >= cells_.size()) return "";
    return absl::StripAsciiWhitespace(cells_[*place]);
  }

  absl::StatusOr<absl::Time> Time(Name name) const {
    absl::StatusOr<absl::Time> time = ParseTimeWord(Text(name));
    if (!time.ok()) return Wrong(name, "a time");
    return time;
  }

  absl::StatusOr<double> Number(Name name) const {
    double value = 0;
    if (!absl::SimpleAtod(Text(name), &value)) return Wrong(name, "a number");
    return value;
  }

  absl::StatusOr<std::optional<double>> OptionalNumber(Name name) const {
    if (Text(name).empty()) return std::nullopt;
    AIFX_ASSIGN_OR_RETURN(const double value, Number(name));
    return value;
  }

 private:
  absl::Status Wrong(Name name, absl::string_view kind) const {
    return absl::InvalidArgumentError(
        absl::StrCat(Place(), ": ", kTitles[name], " is '", Text(name), "', which is not ", kind));
  }

  const Columns& columns_;
  const std::vector<absl::string_view>& cells_;
  const absl::string_view file_name_;
  const size_t line_;
};

// `spread` becomes the cell of that column.
absl::StatusOr<market::Candle> ReadCandle(const Row& row, double pip_size,
                                          std::optional<double>& spread) {
  market::Candle candle;
  AIFX_ASSIGN_OR_RETURN(candle.open_time, row.Time(kTimestamp));
  AIFX_ASSIGN_OR_RETURN(candle.open, row.Number(kOpen));
  AIFX_ASSIGN_OR_RETURN(candle.high, row.Number(kHigh));
  AIFX_ASSIGN_OR_RETURN(candle.low, row.Number(kLow));
  AIFX_ASSIGN_OR_RETURN(candle.close, row.Number(kClose));
  AIFX_ASSIGN_OR_RETURN(candle.volume, row.OptionalNumber(kVolume));
  AIFX_ASSIGN_OR_RETURN(candle.spread_pips, row.OptionalNumber(kSpreadPips));
  AIFX_ASSIGN_OR_RETURN(spread, row.OptionalNumber(kSpread));
  if (spread.has_value()) candle.spread_pips = *spread / pip_size;
  return candle;
}

absl::StatusOr<Columns> ReadHeader(absl::string_view line, absl::string_view name) {
  std::map<std::string, size_t> titles;
  size_t place = 0;
  for (const absl::string_view cell : absl::StrSplit(line, ',')) {
    const std::string title = absl::AsciiStrToLower(absl::StripAsciiWhitespace(cell));
    if (titles.emplace(title, place++).second) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(name, ":1: the header names the column '", title, "' twice"));
  }
  Columns columns{.count = titles.size()};
  for (size_t i = 0; i < kNames; ++i) {
    const auto found = titles.find(kTitles[i]);
    if (found != titles.end()) {
      columns.places[i] = found->second;
    } else if (i <= kClose) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ":1: the header has no column '", kTitles[i], "'"));
    }
  }
  return columns;
}

}  // namespace

absl::StatusOr<std::vector<market::Candle>> ParseCandlesCsv(absl::string_view text,
                                                            absl::string_view name, double pip_size,
                                                            std::vector<CandleLine>* places) {
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");  // what spreadsheets put in front of UTF-8
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  AIFX_ASSIGN_OR_RETURN(const Columns columns, ReadHeader(lines[0], name));
  std::vector<market::Candle> candles;
  candles.reserve(lines.size());
  std::vector<absl::string_view> cells;
  for (size_t i = 1; i < lines.size(); ++i) {
    const absl::string_view line = absl::StripAsciiWhitespace(lines[i]);
    if (line.empty()) continue;
    cells.clear();
    for (const absl::string_view cell : absl::StrSplit(line, ',')) cells.push_back(cell);
    const Row row(columns, cells, name, i + 1);
    if (cells.size() != columns.count) {
      return absl::InvalidArgumentError(absl::StrCat(row.Place(), ": ", cells.size(),
                                                     " cells under ", columns.count, " columns"));
    }
    CandleLine at{.number = i + 1};
    AIFX_ASSIGN_OR_RETURN(market::Candle candle, ReadCandle(row, pip_size, at.spread));
    candles.push_back(candle);
    if (places != nullptr) places->push_back(at);
  }
  return candles;
}

}  // namespace aifx::cli
