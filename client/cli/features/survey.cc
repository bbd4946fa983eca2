#include "client/cli/features/survey.h"

#include "absl/strings/str_cat.h"
#include "client/cli/series_check.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

std::string RangeText(const FeaturesPlan& plan) {
  return plan.from == absl::InfinitePast()
             ? absl::StrCat("before ", TimeWord(plan.to))
             : absl::StrCat("from ", TimeWord(plan.from), " to ", TimeWord(plan.to));
}

absl::Status CheckLength(const FeaturesPlan& plan, const SeriesKey& key,
                         const SeriesSurvey& survey) {
  if (survey.range.rows > 0) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat(
      "too little data: feature set ", plan.set->name(), " needs ", plan.set->warm_up() + 1,
      " closed candles for a first row; ", key.Name(), " has ", survey.read.used, ", ",
      survey.read.used - survey.before, " of them ", RangeText(plan)));
}

}  // namespace

absl::StatusOr<SeriesSurvey> SurveySeries(const FeaturesPlan& plan, const SeriesKey& key,
                                          market::CandleHistory& source,
                                          const market::OnReadProgress& progress,
                                          const base::CallContext& context) {
  SeriesSurvey survey;
  AIFX_ASSIGN_OR_RETURN(survey.start, StartOfHistory(plan, key, source, context));
  market::QualityChecker checker(key.timeframe, market::QualityRules());
  PartCounter parts(plan.split);
  size_t index = 0;
  const auto count = [&](const market::Candle& candle) {
    const size_t candle_index = index++;
    if (candle_index == 0) survey.first = candle.open_time;
    survey.last = candle.open_time;
    if (candle.open_time < plan.from) {
      ++survey.before;
      return absl::OkStatus();
    }
    if (candle_index < plan.set->warm_up()) return absl::OkStatus();
    if (survey.range.rows == 0) survey.range.first = candle.open_time;
    survey.range.last = candle.open_time;
    if (!survey.full_memory_from.has_value() && candle_index + 1 >= plan.set->memory()) {
      survey.full_memory_from = candle.open_time;
    }
    ++survey.range.rows;
    parts.Add(market::CloseTime(key.timeframe, candle.open_time));
    return absl::OkStatus();
  };
  AIFX_ASSIGN_OR_RETURN(
      survey.read, ReadSeries(plan, key, survey.start, source, &checker, count, progress, context));
  survey.quality = checker.Finish();
  survey.verdict = market::Judge(survey.quality);
  AIFX_RETURN_IF_ERROR(CheckLength(plan, key, survey));
  AIFX_RETURN_IF_ERROR(
      RefuseBadSeries(survey.verdict, key.pair, key.timeframe, plan.allow_bad_data));
  survey.rows_of_part = parts.Count();
  AIFX_RETURN_IF_ERROR(CheckSplit(plan.split, survey.range, survey.rows_of_part));
  AIFX_ASSIGN_OR_RETURN(survey.context,
                        JudgeContext(survey.ContextUserOf(plan, key), plan.allow_bad_data, source,
                                     progress, context));
  return survey;
}

}  // namespace aifx::cli
