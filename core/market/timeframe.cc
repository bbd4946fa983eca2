#include "core/market/timeframe.h"

#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace aifx::market {
namespace {

struct Row {
  Timeframe timeframe;
  absl::string_view name;
  absl::Duration duration;
};

// In the order of the enum, which is the index.
constexpr size_t kCount = 9;
const std::array<Row, kCount>& Rows() {
  static const std::array<Row, kCount> rows = {{
      {Timeframe::k1Min, "1min", absl::Minutes(1)},
      {Timeframe::k5Min, "5min", absl::Minutes(5)},
      {Timeframe::k15Min, "15min", absl::Minutes(15)},
      {Timeframe::k30Min, "30min", absl::Minutes(30)},
      {Timeframe::k1Hour, "1h", absl::Hours(1)},
      {Timeframe::k4Hours, "4h", absl::Hours(4)},
      {Timeframe::k1Day, "1d", absl::Hours(24)},
      {Timeframe::k1Week, "1w", absl::Hours(7 * 24)},
      {Timeframe::k1Month, "1M", absl::Hours(31 * 24)},
  }};
  return rows;
}

const Row& RowOf(Timeframe timeframe) { return Rows().at(static_cast<size_t>(timeframe)); }

}  // namespace

absl::string_view TimeframeName(Timeframe timeframe) { return RowOf(timeframe).name; }

absl::StatusOr<Timeframe> ParseTimeframe(absl::string_view name) {
  for (const Row& row : Rows()) {
    if (row.name == name) return row.timeframe;
  }
  const std::string accepted = absl::StrJoin(
      Rows(), ", ", [](std::string* out, const Row& row) { out->append(std::string(row.name)); });
  return absl::InvalidArgumentError(absl::StrCat(
      "timeframe \"", absl::CHexEscape(name.substr(0, 32)), "\" is none of ", accepted));
}

absl::Duration TimeframeDuration(Timeframe timeframe) { return RowOf(timeframe).duration; }

absl::Time CloseTime(Timeframe timeframe, absl::Time open_time) {
  if (timeframe != Timeframe::k1Month) return open_time + TimeframeDuration(timeframe);
  if (open_time == absl::InfiniteFuture() || open_time == absl::InfinitePast()) return open_time;
  return absl::FromCivil(absl::ToCivilMonth(open_time, absl::UTCTimeZone()) + 1,
                         absl::UTCTimeZone());
}

bool IsUtcAnchored(Timeframe timeframe) { return timeframe <= Timeframe::k1Hour; }

}  // namespace aifx::market
