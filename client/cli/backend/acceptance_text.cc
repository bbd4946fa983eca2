#include "client/cli/backend/acceptance_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/backend/response_times.h"
#include "client/cli/table.h"

namespace aifx::cli {
namespace {

constexpr char kCheck13[] =
    "Check 13 looked at the shared objects that are loaded into this program (dl_iterate_phdr), "
    "at\n"
    "which entry points of database clients it could call (dlsym), at what the file aifx-server\n"
    "beside it names as needed, and after every check at the program's TCP sockets (/proc/self).\n";

std::string MillisecondsWord(absl::Duration time) {
  return absl::StrFormat("%.1f ms", absl::ToDoubleMilliseconds(time));
}

Cell VerdictCell(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return {"ok", Tone::kGood};
    case Verdict::kFailed:
      return {"FAILED", Tone::kBad};
    case Verdict::kNotRun:
      return {"not run", Tone::kCaution};
  }
  return {""};
}

std::string ChecksText(const AcceptanceReport& report, bool colour) {
  Table table({{"#", true}, {"check"}, {"route"}, {"time", true}, {"result"}, {"seen"}});
  int number = 0;
  for (const CheckResult& check : report.checks) {
    table.AddRow({{absl::StrCat(++number)},
                  {check.name},
                  {check.route, Tone::kQuiet},
                  {check.verdict == Verdict::kNotRun ? "" : MillisecondsWord(check.elapsed)},
                  VerdictCell(check.verdict),
                  {check.detail, check.verdict == Verdict::kFailed ? Tone::kBad : Tone::kPlain}});
  }
  return table.ToString(colour);
}

std::string FeaturesText(const AcceptanceReport& report, bool colour) {
  Table table({{"  optional"}, {"route"}, {"there"}, {""}});
  std::string previous;
  for (const OptionalFeature& feature : report.optional_features) {
    Cell there{"unknown", Tone::kCaution};
    if (feature.present.has_value()) {
      there = *feature.present ? Cell{"yes", Tone::kGood} : Cell{"no", Tone::kCaution};
    }
    table.AddRow({{feature.name == previous ? "" : absl::StrCat("  ", feature.name)},
                  {feature.route, Tone::kQuiet},
                  there,
                  {feature.detail}});
    previous = feature.name;
  }
  return table.ToString(colour);
}

std::string TimesText(const AcceptanceReport& report, bool colour) {
  Table table({{"  response times"},
               {"calls", true},
               {"p50", true},
               {"p99", true},
               {"longest", true},
               {""}});
  for (const RouteTimes& route : report.times) {
    const Cell failures =
        route.failures == 0 ? Cell{""} : Cell{absl::StrCat(route.failures, " failed"), Tone::kBad};
    table.AddRow({{absl::StrCat("  ", route.route)},
                  {absl::StrCat(route.times.size())},
                  {MillisecondsWord(Percentile(route.times, 0.5))},
                  {MillisecondsWord(Percentile(route.times, 0.99))},
                  {MillisecondsWord(Percentile(route.times, 1))},
                  failures});
  }
  return table.ToString(colour);
}

std::string SummaryText(const AcceptanceReport& report, bool colour) {
  const std::string count =
      absl::StrCat(report.PassedCount(), " of ", report.checks.size(), " checks passed");
  return absl::StrCat(Paint(count, report.AllPassed() ? Tone::kGood : Tone::kBad, colour), "  ",
                      report.url, "\n");
}

}  // namespace

std::string AcceptanceText(const AcceptanceReport& report, bool colour) {
  std::string text = ChecksText(report, colour);
  if (!report.optional_features.empty()) absl::StrAppend(&text, "\n", FeaturesText(report, colour));
  if (!report.times.empty()) absl::StrAppend(&text, "\n", TimesText(report, colour));
  absl::StrAppend(&text, "\n", Paint(kCheck13, Tone::kQuiet, colour));
  for (const std::string& created : report.created) {
    absl::StrAppend(&text, Paint(absl::StrCat("Left behind: ", created), Tone::kQuiet, colour),
                    "\n");
  }
  return absl::StrCat(text, "\n", SummaryText(report, colour));
}

}  // namespace aifx::cli
