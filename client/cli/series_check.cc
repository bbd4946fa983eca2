#include "client/cli/series_check.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

std::string SeriesName(const market::CurrencyPair& pair, market::Timeframe timeframe) {
  return absl::StrCat(pair.ToString(), " ", market::TimeframeName(timeframe));
}

}  // namespace

void AddBadDataOption(CLI::App& command, bool* allow_bad_data) {
  command.add_flag("--allow-bad-data", *allow_bad_data,
                   "Use a series that `aifx data check` refuses, without its impossible and "
                   "misplaced candles");
}

absl::Status RefuseBadSeries(const market::QualityVerdict& verdict,
                             const market::CurrencyPair& pair, market::Timeframe timeframe,
                             bool allow_bad_data) {
  if (verdict.refusals.empty() || allow_bad_data) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the candles of ", SeriesName(pair, timeframe),
      " are not fit for use: ", absl::StrJoin(verdict.refusals, "; "), ". `aifx data check --pair ",
      pair.ToString(), " --timeframe ", market::TimeframeName(timeframe),
      "` shows more; --allow-bad-data uses them nevertheless"));
}

std::vector<std::string> SeriesWarnings(const market::QualityVerdict& verdict,
                                        const market::CurrencyPair& pair,
                                        market::Timeframe timeframe) {
  std::vector<std::string> texts = verdict.refusals;
  texts.insert(texts.end(), verdict.warnings.begin(), verdict.warnings.end());
  for (std::string& text : texts) text = absl::StrCat(SeriesName(pair, timeframe), ": ", text);
  return texts;
}

absl::Status CheckSeries(const market::CurrencyPair& pair, market::Timeframe timeframe,
                         bool allow_bad_data, const std::function<void(const std::string&)>& warn,
                         std::vector<market::Candle>& candles) {
  market::QualityChecker checker(timeframe, market::QualityRules());
  for (const market::Candle& candle : candles) checker.Add(candle);
  const market::QualityVerdict verdict = market::Judge(checker.Finish());
  AIFX_RETURN_IF_ERROR(RefuseBadSeries(verdict, pair, timeframe, allow_bad_data));
  for (const std::string& text : SeriesWarnings(verdict, pair, timeframe)) warn(text);
  UsableCandles usable;
  std::erase_if(candles, [&](const market::Candle& candle) { return !usable.Take(candle); });
  return absl::OkStatus();
}

bool UsableCandles::Take(const market::Candle& candle) {
  const bool in_order = !last_.has_value() || candle.open_time > *last_;
  if (!in_order || !market::IsPossible(candle)) {
    ++left_out_;
    return false;
  }
  last_ = candle.open_time;
  return true;
}

absl::StatusOr<std::vector<market::Candle>> CheckedCandles::Newest(
    const market::CurrencyPair& pair, market::Timeframe timeframe, size_t count, absl::Time as_of,
    const base::CallContext& context) {
  return source_.Newest(pair, timeframe, count, as_of, context);
}

absl::StatusOr<std::vector<market::Candle>> CheckedCandles::Range(
    const market::CurrencyPair& pair, market::Timeframe timeframe, absl::Time start, absl::Time end,
    const base::CallContext& context) {
  AIFX_ASSIGN_OR_RETURN(std::vector<market::Candle> candles,
                        source_.Range(pair, timeframe, start, end, context));
  AIFX_RETURN_IF_ERROR(CheckSeries(pair, timeframe, allow_bad_data_, warn_, candles));
  return candles;
}

}  // namespace aifx::cli
