#include "core/pipeline/context_series.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/features/context_feed.h"
#include "core/market/validation.h"

namespace aifx::pipeline {
namespace {

std::string Utc(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

bool HasPair(absl::Span<const features::OwnedContextSeries> context,
             const market::CurrencyPair& pair) {
  return absl::c_any_of(
      context, [&](const features::OwnedContextSeries& series) { return series.pair == pair; });
}

}  // namespace

absl::Status CheckGivenContext(absl::Span<const features::OwnedContextSeries> context,
                               const ContextOwner& owner, size_t max_candles,
                               std::vector<base::Warning>& warnings) {
  if (context.empty()) return absl::OkStatus();
  const std::vector<market::CurrencyPair> used = owner.set.ContextPairs(owner.pair);
  std::vector<base::FieldViolation> violations;
  for (size_t i = 0; i < context.size(); ++i) {
    const market::CandleFindings findings = market::ValidateCandles(
        context[i].candles, owner.timeframe, owner.now, {.max_candles = max_candles});
    for (const base::FieldViolation& violation : findings.violations) {
      const std::string series = absl::StrCat("context_series[", i, "].series.");
      violations.push_back({absl::StrCat(series, violation.field),
                            absl::StrCat(context[i].pair.ToString(), ": ", violation.description)});
    }
    if (!absl::c_linear_search(used, context[i].pair)) {
      warnings.push_back(
          {"CONTEXT_SERIES_NOT_USED",
           absl::StrCat("feature set ", owner.set.name(), " does not use ",
                        context[i].pair.ToString(), " for ", owner.pair.ToString())});
    }
  }
  return violations.empty() ? absl::OkStatus() : base::InvalidArgument(violations);
}

absl::Status FetchContext(absl::Span<const market::Candle> candles, const ContextOwner& owner,
                          market::CandleSource& source, const base::CallContext& call,
                          std::vector<features::OwnedContextSeries>& context) {
  for (const market::CurrencyPair& pair : owner.set.ContextPairs(owner.pair)) {
    if (HasPair(context, pair)) continue;
    features::OwnedContextSeries series{.pair = pair};
    AIFX_ASSIGN_OR_RETURN(series.candles,
                          source.Range(pair, owner.timeframe, candles.front().open_time,
                                       candles.back().open_time + absl::Seconds(1), call));
    market::CandleRules rules;
    rules.min_candles = 0;  // RequireContext says it better
    rules.max_candles = series.candles.size();
    const market::CandleFindings findings =
        market::ValidateCandles(series.candles, owner.timeframe, owner.now, rules);
    if (!findings.violations.empty()) {
      return base::WithReason(
          absl::FailedPreconditionError(
              absl::StrCat("the backend's candles of ", pair.ToString(), " ",
                           market::TimeframeName(owner.timeframe), ", which ", owner.set.name(),
                           " uses too, are not usable: ", findings.violations[0].description)),
          "BACKEND_CANDLES_INVALID");
    }
    context.push_back(std::move(series));
  }
  return absl::OkStatus();
}

absl::Status RequireContext(absl::Span<const market::Candle> candles, const ContextOwner& owner,
                            absl::Span<const features::OwnedContextSeries> context,
                            std::vector<base::Warning>& warnings) {
  const std::vector<market::CurrencyPair> used = owner.set.ContextPairs(owner.pair);
  if (used.empty()) return absl::OkStatus();
  const std::vector<features::ContextSeries> views = features::ViewsOf(context);
  if (const absl::Status checked = features::CheckContext(owner.set, {candles, &owner.pair, views});
      !checked.ok()) {
    return base::WithReason(
        absl::FailedPreconditionError(absl::StrCat(
            checked.message(), "; give them as context_series, or let the engine read them from ",
            "a backend that has them (by giving no series)")),
        "CONTEXT_MISSING");
  }
  const absl::Time newest = candles.back().open_time;
  for (const features::ContextSeries& series : views) {
    if (!absl::c_linear_search(used, series.pair)) continue;
    const bool there = absl::c_any_of(
        series.candles, [&](const market::Candle& candle) { return candle.open_time == newest; });
    if (there) continue;
    warnings.push_back(
        {"CONTEXT_BEHIND",
         absl::StrCat("there is no candle of ", series.pair.ToString(), " at ", Utc(newest),
                      ": its last close is carried, or it is unknown where that is too old")});
  }
  return absl::OkStatus();
}

}  // namespace aifx::pipeline
