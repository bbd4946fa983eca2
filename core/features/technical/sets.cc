#include "core/features/technical/sets.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "core/features/stationary_v1_columns.h"

namespace aifx::features {
namespace {

const std::vector<std::string>& RawColumns() {
  static const std::vector<std::string> kColumns = {"open", "high", "low", "close", "volume"};
  return kColumns;
}

const std::vector<std::string>& V32Columns() {
  static const std::vector<std::string> kColumns = {
      "open",          "high",         "low",         "close",       "volume",      "returns",
      "log_returns",   "sma_5",        "ema_5",       "sma_10",      "ema_10",      "sma_20",
      "ema_20",        "sma_50",       "ema_50",      "sma_100",     "ema_100",     "sma_200",
      "ema_200",       "bb_upper_20",  "bb_lower_20", "bb_width_20", "rsi_14",      "rsi_28",
      "macd",          "macd_signal",  "macd_hist",   "atr_14",      "stoch_k",     "stoch_d",
      "volume_sma_20", "volume_ratio", "momentum_5",  "momentum_10", "momentum_20", "volatility_10",
      "volatility_20", "volatility_30"};
  return kColumns;
}

// All of stationary-v1, and what else is causal, bounded and of short memory.
std::vector<std::string> StationaryV2Columns() {
  std::vector<std::string> columns;
  for (const stationary_v1::ColumnDefinition& column : stationary_v1::kColumns) {
    columns.push_back(column.name);
  }
  for (const char* name : {"return_1_lag_1",
                           "return_1_lag_2",
                           "return_1_lag_3",
                           "spread_against_48",
                           "has_spread",
                           "london_session",
                           "new_york_session",
                           "session_overlap",
                           "london_fix_window",
                           "new_york_cut_window",
                           "dollar_return_1",
                           "dollar_return_1_lag_1",
                           "dollar_return_1_lag_2",
                           "dollar_return_1_lag_3",
                           "dollar_return_4",
                           "dollar_return_24",
                           "eurusd_return_1",
                           "eurusd_return_1_lag_1",
                           "gbpusd_return_1",
                           "gbpusd_return_1_lag_1",
                           "usdjpy_return_1",
                           "usdjpy_return_1_lag_1",
                           "audusd_return_1",
                           "audusd_return_1_lag_1",
                           "has_dollar_pairs"}) {
    columns.push_back(name);
  }
  return columns;
}

const TechnicalSet* MustMake(std::string name, Convention convention,
                             const std::vector<std::string>& columns,
                             WindowScaling scaling = WindowScaling::kNone) {
  auto set = TechnicalSet::Make(std::move(name), convention, columns, scaling);
  if (!set.ok()) std::abort();  // a name in this file is wrong
  return set->release();        // never destroyed
}

}  // namespace

absl::Span<const TechnicalSet* const> TechnicalSets() {
  static const TechnicalSet* const kSets[] = {
      MustMake("v3.2", Convention::kReference, V32Columns()),
      MustMake("v3.2-talib", Convention::kTaLib, V32Columns()),
      MustMake("raw-ohlcv", Convention::kEngine, RawColumns(), WindowScaling::kZScore),
      MustMake("stationary-v2", Convention::kEngine, StationaryV2Columns()),
  };
  return kSets;
}

}  // namespace aifx::features
