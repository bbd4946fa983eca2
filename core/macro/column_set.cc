#include "core/macro/column_set.h"

#include "absl/strings/str_cat.h"
#include "core/base/sha256.h"
#include "core/macro/event_columns.h"
#include "core/macro/fundamental_columns.h"

namespace aifx::macro {
namespace {

std::string CanonicalText(absl::string_view name, absl::Span<const ColumnDefinition> definitions) {
  std::string text = absl::StrCat(name, "\nconvention=engine\n");
  for (const ColumnDefinition& column : definitions) {
    absl::StrAppend(&text, column.name, ":", column.formula, "\n");
  }
  return text;
}

// newest(x): the value of x's newest reference date, in the vintage known at t. yoy(x): that value
// against the one of the same date a year before, in percent. known(x): 1 where x is not NaN. What
// is known a minute after its release (kPublicationDelay) is said by the formulas too: a data set
// made with another delay is another one.
constexpr ColumnDefinition kFundamentalColumns[kFundamentalColumnCount] = {
    {"interest_rate_diff",
     "newest(base.interest_rate,release+1min<=t)-newest(quote.interest_rate,release+1min<=t)"},
    {"gdp_growth_base_yoy", "yoy(base.gdp,release+1min<=t)"},
    {"gdp_growth_quote_yoy", "yoy(quote.gdp,release+1min<=t)"},
    {"inflation_diff", "yoy(base.cpi,release+1min<=t)-yoy(quote.cpi,release+1min<=t)"},
    {"interest_rate_diff_known", "known(interest_rate_diff)"},
    {"gdp_growth_base_yoy_known", "known(gdp_growth_base_yoy)"},
    {"gdp_growth_quote_yoy_known", "known(gdp_growth_quote_yoy)"},
    {"inflation_diff_known", "known(inflation_diff)"},
};

// Events of the pair's two currencies. score: high 3, medium 2, low 1, holiday 0.
constexpr ColumnDefinition kEventColumns[kEventColumnCount] = {
    {"event_within_24h", "any(high,(t,t+24h])"},
    {"event_within_48h", "any(high,(t,t+48h])"},
    {"hours_since_last_high", "hours(t-newest(high,hour known,time<=t))"},
    {"hours_since_last_high_known", "known(hours_since_last_high)"},
    {"cumulative_event_score", "sum(score,(t,t+7d])"},
    {"event_density_7d", "count(all,(t-3d,t+4d])"},
    {"days_to_next_high_event", "min(days(next(high,time>t)-t),30)"},
    {"no_high_event_30d", "not any(high,(t,t+30d])"},
    {"high_events_next_7d", "count(high,(t,t+7d])"},
    {"last_surprise",
     "(actual-forecast)/std(earlier surprises of the event,ddof=1,at least 2),newest time+1min<=t"},
    {"last_surprise_known", "known(last_surprise)"},
};

}  // namespace

ColumnSet::ColumnSet(absl::string_view name, absl::Span<const ColumnDefinition> definitions)
    : name_(name),
      canonical_text_(CanonicalText(name, definitions)),
      hash_(base::Sha256Hex(canonical_text_)) {
  for (const ColumnDefinition& column : definitions) {
    columns_.push_back({std::string(column.name), features::ColumnKind::kMacro});
  }
}

const ColumnSet& FundamentalColumns() {
  static const ColumnSet* const kSet = new ColumnSet("fundamental-v1", kFundamentalColumns);
  return *kSet;
}

const ColumnSet& EventColumns() {
  static const ColumnSet* const kSet = new ColumnSet("event-v1", kEventColumns);
  return *kSet;
}

}  // namespace aifx::macro
