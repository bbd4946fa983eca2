#include "client/cli/features/feature_rows.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::cli {

absl::StatusOr<FeatureRows> FeatureRows::Make(const features::FeatureSet& set,
                                              const market::CurrencyPair* pair) {
  AIFX_ASSIGN_OR_RETURN(auto stream, pair != nullptr ? set.NewStreamFor(*pair) : set.NewStream());
  return FeatureRows(set, std::move(stream));
}

FeatureRows::FeatureRows(const features::FeatureSet& set,
                         std::unique_ptr<features::FeatureStream> stream)
    : set_(&set), stream_(std::move(stream)) {
  dropped_.undefined_by_column.resize(set.columns().size());
}

absl::Span<const double> FeatureRows::Keep(const market::Candle& candle,
                                           absl::Span<const double> row) {
  if (row.empty()) {
    ++dropped_.warm_up;
    return {};
  }
  bool whole = true;
  for (size_t c = 0; c < row.size(); ++c) {
    if (std::isfinite(row[c])) continue;
    if (!dropped_.first_undefined.has_value()) {
      dropped_.first_undefined = candle.open_time;
      dropped_.first_undefined_column = set_->columns()[c].name;
    }
    ++dropped_.undefined_by_column[c];
    whole = false;
  }
  if (whole) return row;
  ++dropped_.undefined;
  return {};
}

std::string UndefinedText(const DroppedRows& dropped) {
  const std::string& column = dropped.first_undefined_column;
  return absl::StrCat(column, " is undefined (", column == "volume" ? "no volume" : "0/0", ") at ",
                      absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ",
                                       dropped.first_undefined.value_or(absl::InfinitePast()),
                                       absl::UTCTimeZone()));
}

}  // namespace aifx::cli
