#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/data_check.h"
#include "client/cli/table.h"
#include "client/cli/words.h"

namespace aifx::cli {
namespace {

constexpr size_t kShown = 5;  // places of a kind; --json has them all

class Findings {
 public:
  explicit Findings(bool colour)
      : table_({{"finding"}, {"count", true}, {"first places"}}), colour_(colour) {}

  template <typename T, typename Word>
  void Add(const char* name, int64_t count, const std::vector<T>& places, Tone tone, Word word) {
    if (count == 0) return;
    std::string text;
    for (size_t i = 0; i < std::min(places.size(), kShown); ++i) {
      absl::StrAppend(&text, i == 0 ? "" : ", ", word(places[i]));
    }
    if (count > static_cast<int64_t>(kShown)) absl::StrAppend(&text, ", ...");
    table_.AddRow({{name, tone}, {absl::StrCat(count)}, {text}});
  }

  std::string ToString() const { return table_.empty() ? "" : "\n" + table_.ToString(colour_); }

 private:
  Table table_;
  bool colour_;
};

std::string OutlierWord(const market::Outlier& outlier) {
  return absl::StrFormat("%s (%.0f x)", TimeWord(outlier.time), outlier.ratio);
}

std::vector<market::Outlier> OfKind(const market::QualityReport& report,
                                    market::Outlier::Kind kind) {
  std::vector<market::Outlier> some;
  std::copy_if(report.outliers.begin(), report.outliers.end(), std::back_inserter(some),
               [&](const market::Outlier& outlier) { return outlier.kind == kind; });
  return some;
}

std::string VerdictText(const market::QualityVerdict& verdict, bool colour) {
  std::string text = "\n";
  for (const std::string& refusal : verdict.refusals) {
    absl::StrAppend(&text, Paint("refused", Tone::kBad, colour), "  ", refusal, "\n");
  }
  for (const std::string& warning : verdict.warnings) {
    absl::StrAppend(&text, Paint("warning", Tone::kCaution, colour), "  ", warning, "\n");
  }
  if (verdict.refusals.empty()) {
    absl::StrAppend(&text, Paint("ok", Tone::kGood, colour), "       jobs will use this series\n");
  }
  return text;
}

}  // namespace

std::string QualityText(const market::QualityReport& report, const market::QualityVerdict& verdict,
                        const std::string& series, bool colour) {
  std::string text = FactLine("series", series, colour);
  absl::StrAppend(&text, FactLine("candles", absl::StrCat(report.candles), colour));
  if (report.first.has_value() && report.last.has_value()) {
    absl::StrAppend(&text, FactLine("from", TimeWord(*report.first), colour),
                    FactLine("to", TimeWord(*report.last), colour));
  }
  Findings findings(colour);
  const auto time_word = [](absl::Time time) { return TimeWord(time); };
  findings.Add("gaps", report.gap_count, report.gaps, Tone::kCaution, [](const market::Gap& gap) {
    return absl::StrCat(gap.missing, " after ", TimeWord(gap.after));
  });
  findings.Add("misplaced", report.duplicates + report.unsorted, report.misplaced, Tone::kBad,
               time_word);
  findings.Add("impossible", report.impossible, report.impossible_at, Tone::kBad, time_word);
  const auto jumps = OfKind(report, market::Outlier::Kind::kJump);
  const auto spikes = OfKind(report, market::Outlier::Kind::kSpike);
  findings.Add("jumps", static_cast<int64_t>(jumps.size()), jumps, Tone::kCaution, OutlierWord);
  findings.Add("spikes", static_cast<int64_t>(spikes.size()), spikes, Tone::kCaution, OutlierWord);
  findings.Add("flat", report.flat_count, report.flats, Tone::kCaution,
               [](const market::FlatStretch& flat) {
                 return absl::StrCat(flat.candles, " from ", TimeWord(flat.first));
               });
  findings.Add("in the weekend", report.in_closed_market, std::vector<absl::Time>(), Tone::kCaution,
               time_word);
  return absl::StrCat(text, findings.ToString(), VerdictText(verdict, colour));
}

}  // namespace aifx::cli
