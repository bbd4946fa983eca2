#include "client/cli/candles_csv.h"

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

// One line of the file, read by column name.
class Row {
 public:
  Row(const std::map<std::string, size_t>& columns, absl::string_view line, std::string place)
      : columns_(columns), cells_(absl::StrSplit(line, ',')), place_(std::move(place)) {}

  size_t size() const { return cells_.size(); }

  absl::string_view Text(const std::string& column) const {
    const auto found = columns_.find(column);
    if (found == columns_.end() || found->second >= cells_.size()) return "";
    return absl::StripAsciiWhitespace(cells_[found->second]);
  }

  absl::StatusOr<absl::Time> Time(const std::string& column) const {
    absl::StatusOr<absl::Time> time = ParseTimeWord(Text(column));
    if (!time.ok()) return Wrong(column, "a time");
    return time;
  }

  absl::StatusOr<double> Number(const std::string& column) const {
    double value = 0;
    if (!absl::SimpleAtod(Text(column), &value)) return Wrong(column, "a number");
    return value;
  }

  absl::StatusOr<std::optional<double>> OptionalNumber(const std::string& column) const {
    if (Text(column).empty()) return std::nullopt;
    AIFX_ASSIGN_OR_RETURN(const double value, Number(column));
    return value;
  }

 private:
  absl::Status Wrong(const std::string& column, absl::string_view kind) const {
    return absl::InvalidArgumentError(
        absl::StrCat(place_, ": ", column, " is '", Text(column), "', which is not ", kind));
  }

  const std::map<std::string, size_t>& columns_;
  std::vector<absl::string_view> cells_;
  std::string place_;
};

// `spread` becomes the cell of that column.
absl::StatusOr<market::Candle> ReadCandle(const Row& row, double pip_size,
                                          std::optional<double>& spread) {
  market::Candle candle;
  AIFX_ASSIGN_OR_RETURN(candle.open_time, row.Time("timestamp"));
  AIFX_ASSIGN_OR_RETURN(candle.open, row.Number("open"));
  AIFX_ASSIGN_OR_RETURN(candle.high, row.Number("high"));
  AIFX_ASSIGN_OR_RETURN(candle.low, row.Number("low"));
  AIFX_ASSIGN_OR_RETURN(candle.close, row.Number("close"));
  AIFX_ASSIGN_OR_RETURN(candle.volume, row.OptionalNumber("volume"));
  AIFX_ASSIGN_OR_RETURN(candle.spread_pips, row.OptionalNumber("spread_pips"));
  AIFX_ASSIGN_OR_RETURN(spread, row.OptionalNumber("spread"));
  if (spread.has_value()) candle.spread_pips = *spread / pip_size;
  return candle;
}

absl::StatusOr<std::map<std::string, size_t>> ReadHeader(absl::string_view line,
                                                         absl::string_view name) {
  std::map<std::string, size_t> columns;
  const std::vector<absl::string_view> titles = absl::StrSplit(line, ',');
  for (size_t i = 0; i < titles.size(); ++i) {
    const std::string title = absl::AsciiStrToLower(absl::StripAsciiWhitespace(titles[i]));
    if (columns.emplace(title, i).second) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(name, ":1: the header names the column '", title, "' twice"));
  }
  for (const char* required : {"timestamp", "open", "high", "low", "close"}) {
    if (columns.count(required) == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ":1: the header has no column '", required, "'"));
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
  AIFX_ASSIGN_OR_RETURN(const auto columns, ReadHeader(lines[0], name));
  std::vector<market::Candle> candles;
  for (size_t i = 1; i < lines.size(); ++i) {
    const absl::string_view line = absl::StripAsciiWhitespace(lines[i]);
    if (line.empty()) continue;
    const std::string place = absl::StrCat(name, ":", i + 1);
    const Row row(columns, line, place);
    if (row.size() != columns.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": ", row.size(), " cells under ", columns.size(), " columns"));
    }
    CandleLine at{.number = i + 1};
    AIFX_ASSIGN_OR_RETURN(market::Candle candle, ReadCandle(row, pip_size, at.spread));
    candles.push_back(candle);
    if (places != nullptr) places->push_back(at);
  }
  return candles;
}

}  // namespace aifx::cli
