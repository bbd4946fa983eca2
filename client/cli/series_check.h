#ifndef AIFX_CLIENT_CLI_SERIES_CHECK_H_
#define AIFX_CLIENT_CLI_SERIES_CHECK_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/market/candle_source.h"
#include "core/market/series_quality.h"

namespace CLI {
class App;
}

namespace aifx::cli {

// The rules by which jobs refuse or warn of a series: docs/data-quality.md.

// Adds --allow-bad-data.
void AddBadDataOption(CLI::App& command, bool* allow_bad_data);

// FailedPrecondition with every refusal, the command that shows more and the option that overrides,
// where `verdict` has refusals and they are not allowed.
absl::Status RefuseBadSeries(const market::QualityVerdict& verdict,
                             const market::CurrencyPair& pair, market::Timeframe timeframe,
                             bool allow_bad_data);

// What to warn of: the verdict's warnings and, where they are allowed, its refusals; each begins
// with pair and timeframe.
std::vector<std::string> SeriesWarnings(const market::QualityVerdict& verdict,
                                        const market::CurrencyPair& pair,
                                        market::Timeframe timeframe);

// Checks the candles of a series that is held, and leaves out those that cannot be used. What the
// rules refuse is FailedPrecondition, or, where it is allowed, a warning.
absl::Status CheckSeries(const market::CurrencyPair& pair, market::Timeframe timeframe,
                         bool allow_bad_data, const std::function<void(const std::string&)>& warn,
                         std::vector<market::Candle>& candles);

// Lets through what can be computed with at all, whatever the user allows: candles with possible
// prices, each later than the one before. Not thread-safe.
class UsableCandles {
 public:
  bool Take(const market::Candle& candle);
  int64_t left_out() const { return left_out_; }

 private:
  std::optional<absl::Time> last_;
  int64_t left_out_ = 0;
};

// A source whose ranges are checked: for jobs that hold their candles. What the rules refuse is
// FailedPrecondition, or, where it is allowed, a warning, and candles that cannot be used are left
// out. Thread-safe where `warn` is.
class CheckedCandles final : public market::CandleSource {
 public:
  using Warn = std::function<void(const std::string& text)>;

  // `source` outlives the object.
  CheckedCandles(market::CandleSource& source, bool allow_bad_data, Warn warn)
      : source_(source), allow_bad_data_(allow_bad_data), warn_(std::move(warn)) {}

  // Not checked: too few candles to judge a series by.
  absl::StatusOr<std::vector<market::Candle>> Newest(const market::CurrencyPair& pair,
                                                     market::Timeframe timeframe, size_t count,
                                                     absl::Time as_of,
                                                     const base::CallContext& context) override;

  absl::StatusOr<std::vector<market::Candle>> Range(const market::CurrencyPair& pair,
                                                    market::Timeframe timeframe, absl::Time start,
                                                    absl::Time end,
                                                    const base::CallContext& context) override;

 private:
  market::CandleSource& source_;
  const bool allow_bad_data_;
  const Warn warn_;
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_SERIES_CHECK_H_
