#include "client/cli/data_check.h"

namespace aifx::cli {
namespace {

using nlohmann::json;

std::string Iso(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

template <typename T, typename ToJson>
json ListOf(const std::vector<T>& items, ToJson to_json) {
  json list = json::array();
  for (const T& item : items) list.push_back(to_json(item));
  return list;
}

}  // namespace

json QualityJson(const market::QualityReport& report, const market::QualityVerdict& verdict) {
  json object = {{"candles", report.candles},
                 {"missing", report.missing},
                 {"missing_share", report.MissingShare()},
                 {"gap_count", report.gap_count},
                 {"duplicates", report.duplicates},
                 {"unsorted", report.unsorted},
                 {"impossible", report.impossible},
                 {"outlier_count", report.outlier_count},
                 {"flat_count", report.flat_count},
                 {"in_closed_market", report.in_closed_market},
                 {"refusals", verdict.refusals},
                 {"warnings", verdict.warnings}};
  object["first"] = report.first.has_value() ? json(Iso(*report.first)) : json();
  object["last"] = report.last.has_value() ? json(Iso(*report.last)) : json();
  object["shift_hours"] = report.shift_hours.has_value() ? json(*report.shift_hours) : json();
  object["gaps"] = ListOf(report.gaps, [](const market::Gap& gap) {
    return json{{"after", Iso(gap.after)}, {"before", Iso(gap.before)}, {"missing", gap.missing}};
  });
  object["misplaced"] = ListOf(report.misplaced, Iso);
  object["impossible_at"] = ListOf(report.impossible_at, Iso);
  object["outliers"] = ListOf(report.outliers, [](const market::Outlier& outlier) {
    const bool jump = outlier.kind == market::Outlier::Kind::kJump;
    return json{
        {"time", Iso(outlier.time)}, {"kind", jump ? "jump" : "spike"}, {"ratio", outlier.ratio}};
  });
  object["flats"] = ListOf(report.flats, [](const market::FlatStretch& flat) {
    return json{{"first", Iso(flat.first)}, {"last", Iso(flat.last)}, {"candles", flat.candles}};
  });
  return object;
}

}  // namespace aifx::cli
