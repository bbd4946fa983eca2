#include "client/cli/context_check.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/series_check.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

absl::Status Missing(const ContextUser& user, const market::CurrencyPair& pair) {
  const absl::string_view timeframe = market::TimeframeName(user.timeframe);
  return absl::FailedPreconditionError(absl::StrCat(
      "feature set ", user.set.name(), " needs the candles of ", pair.ToString(), " ", timeframe,
      " too for ", user.pair.ToString(), ", and there are none that can be used from ",
      TimeWord(user.first), " to ", TimeWord(user.last),
      ": store them in the backend, or name a set that uses no other pairs"));
}

absl::StatusOr<JudgedContext> JudgeOne(const ContextUser& user, const market::CurrencyPair& pair,
                                       bool allow_bad_data, market::CandleHistory& source,
                                       const market::OnReadProgress& progress,
                                       const base::CallContext& context) {
  JudgedContext judged{.pair = pair};
  market::QualityChecker checker(user.timeframe, market::QualityRules());
  UsableCandles usable;
  const auto sink = [&](absl::Span<const market::Candle> candles) {
    if (context.IsCancelled()) return absl::CancelledError("interrupted");
    for (const market::Candle& candle : candles) {
      checker.Add(candle);
      if (usable.Take(candle)) ++judged.used;
    }
    return absl::OkStatus();
  };
  AIFX_RETURN_IF_ERROR(source.Stream(pair, user.timeframe, user.first, user.last + absl::Seconds(1),
                                     sink, progress, context));
  judged.left_out = usable.left_out();
  judged.quality = checker.Finish();
  judged.verdict = market::Judge(judged.quality);
  AIFX_RETURN_IF_ERROR(RefuseBadSeries(judged.verdict, pair, user.timeframe, allow_bad_data));
  if (judged.used == 0) return Missing(user, pair);
  return judged;
}

}  // namespace

absl::StatusOr<std::vector<JudgedContext>> JudgeContext(const ContextUser& user,
                                                        bool allow_bad_data,
                                                        market::CandleHistory& source,
                                                        const market::OnReadProgress& progress,
                                                        const base::CallContext& context) {
  std::vector<JudgedContext> all;
  for (const market::CurrencyPair& pair : user.set.ContextPairs(user.pair)) {
    AIFX_ASSIGN_OR_RETURN(JudgedContext judged,
                          JudgeOne(user, pair, allow_bad_data, source, progress, context));
    all.push_back(std::move(judged));
  }
  return all;
}

}  // namespace aifx::cli
