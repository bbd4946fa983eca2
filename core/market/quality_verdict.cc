#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/market/series_quality.h"

namespace aifx::market {
namespace {

std::string At(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

void AddRefusals(const QualityReport& report, std::vector<std::string>& refusals) {
  if (report.duplicates + report.unsorted > 0) {
    refusals.push_back(absl::StrCat(report.duplicates, " duplicate and ", report.unsorted,
                                    " unsorted candles, first at ", At(report.misplaced.front())));
  }
  if (report.impossible > 0) {
    refusals.push_back(absl::StrCat(report.impossible, " candles with impossible prices, first at ",
                                    At(report.impossible_at.front())));
  }
  if (report.shift_hours.has_value()) {
    refusals.push_back(absl::StrFormat(
        "the open times look shifted: with %+d hours the weekend falls where it should (%d candles "
        "open while the market is closed)",
        *report.shift_hours, report.in_closed_market));
  }
}

}  // namespace

QualityVerdict Judge(const QualityReport& report) {
  QualityVerdict verdict;
  AddRefusals(report, verdict.refusals);
  const double share = report.MissingShare();
  if (report.missing > 0) {
    const std::string text =
        absl::StrFormat("%d of %d candles (%.1f%%) are missing in %d gaps, first after %s",
                        report.missing, report.candles + report.missing, 100 * share,
                        report.gap_count, At(report.gaps.front().after));
    if (share > 0.2) verdict.refusals.push_back(text);
    if (share > 0.01 && share <= 0.2) verdict.warnings.push_back(text);
  }
  if (report.outlier_count > 0) {
    verdict.warnings.push_back(absl::StrCat(report.outlier_count, " outliers, first at ",
                                            At(report.outliers.front().time)));
  }
  if (report.flat_count > 0) {
    verdict.warnings.push_back(absl::StrCat(report.flat_count, " flat stretches, first at ",
                                            At(report.flats.front().first)));
  }
  return verdict;
}

}  // namespace aifx::market
