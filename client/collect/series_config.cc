#include "client/collect/series_config.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/collect/source_rows.h"
#include "core/base/status_macros.h"

namespace aifx::collect {
namespace {

constexpr absl::string_view kIndicators[] = {"interest_rate", "gdp", "cpi",          "unemployment",
                                             "inflation",     "pmi", "trade_balance"};
constexpr int kMaxLagDays = 1000;

struct Frequency {
  absl::string_view name;
  int months;
};
constexpr Frequency kFrequencies[] = {
    {"daily", 0}, {"monthly", 1}, {"quarterly", 3}, {"annual", 12}};

std::optional<int> MonthsOf(absl::string_view frequency) {
  for (const Frequency& known : kFrequencies) {
    if (known.name == frequency) return known.months;
  }
  return std::nullopt;
}

bool IsCountry(absl::string_view text) {
  return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isupper(static_cast<unsigned char>(c));
         });
}

// Goes into URLs and messages.
bool IsSeriesId(absl::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
  });
}

SeriesSpec ReadSpec(const SourceRow& row, Problems& problems) {
  const auto check = [&](bool ok, absl::string_view field, absl::string_view what) {
    const absl::string_view text = row.Text({field});
    if (!ok) problems.Add(row.Wrong(field, text, what));
    return std::string(text);
  };
  SeriesSpec spec;
  spec.id = check(IsSeriesId(row.Text({"series"})), "series",
                  "is not a series: letters, digits, _, - and . only");
  spec.country =
      check(IsCountry(row.Text({"country"})), "country", "is not a country such as US or EU");
  const absl::string_view indicator = row.Text({"indicator"});
  spec.indicator =
      check(std::count(std::begin(kIndicators), std::end(kIndicators), indicator) == 1, "indicator",
            "is not interest_rate, gdp, cpi, unemployment, inflation, pmi or "
            "trade_balance");
  spec.unit = std::string(row.Text({"unit"}));
  const std::optional<int> months = MonthsOf(row.Text({"frequency"}));
  check(months.has_value(), "frequency", "is not daily, monthly, quarterly or annual");
  spec.lag.period_months = months.value_or(1);
  const bool has_lag = absl::SimpleAtoi(row.Text({"release_lag_days"}), &spec.lag.lag_days) &&
                       spec.lag.lag_days >= 0 && spec.lag.lag_days <= kMaxLagDays;
  check(has_lag, "release_lag_days", "is not a number of days from 0 to 1000");
  return spec;
}

}  // namespace

absl::StatusOr<std::vector<SeriesSpec>> ParseSeriesConfig(absl::string_view text,
                                                          absl::string_view name) {
  AIFX_ASSIGN_OR_RETURN(const std::vector<SourceRow> rows, ParseRows(text, name));
  Problems problems;
  std::set<std::string> seen;
  std::set<std::pair<std::string, std::string>> meanings;
  std::vector<SeriesSpec> series;
  for (const SourceRow& row : rows) {
    series.push_back(ReadSpec(row, problems));
    if (!seen.insert(series.back().id).second) {
      problems.Add(row.Wrong("series", series.back().id, "is there twice"));
    }
    if (!meanings.emplace(series.back().country, series.back().indicator).second) {
      problems.Add(row.Wrong("indicator", series.back().indicator,
                             absl::StrCat("of ", series.back().country,
                                          " has a series already: their values would mix")));
    }
  }
  AIFX_RETURN_IF_ERROR(problems.ToStatus());
  return series;
}

}  // namespace aifx::collect
