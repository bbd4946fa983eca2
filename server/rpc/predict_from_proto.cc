#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/ids.h"
#include "core/base/status_macros.h"
#include "core/market/validation.h"
#include "server/rpc/fields.h"
#include "server/rpc/from_proto.h"
#include "server/rpc/times.h"

namespace aifx::rpc {
namespace {

constexpr int kMaxContextSeries = 16;
constexpr size_t kMaxNameBytes = 64;

using Candles = std::vector<market::Candle>;

// `at` is the series' path in the request, such as "series".
void ReadMessages(const ml::v1::CandleSeries& series, absl::string_view at, Candles& candles,
                  Violations& violations) {
  candles.resize(static_cast<size_t>(series.candles_size()));
  for (int i = 0; i < series.candles_size(); ++i) {
    const ml::v1::Candle& message = series.candles(i);
    market::Candle& candle = candles[static_cast<size_t>(i)];
    if (!message.has_open_time()) {
      const std::string field = absl::StrCat(at, ".candles[", i, "].open_time");
      violations.push_back({field, absl::StrCat(field, " is missing")});
    } else if (const auto& time = message.open_time();
               time.nanos() == 0 && std::abs(time.seconds()) < int64_t{1} << 35) {
      candle.open_time = absl::FromUnixSeconds(time.seconds());  // nearly always
    } else if (const auto checked = TimeFromProto(
                   time, absl::StrCat(at, ".candles[", i, "].open_time"), violations)) {
      candle.open_time = *checked;
    }
    candle.open = message.open();
    candle.high = message.high();
    candle.low = message.low();
    candle.close = message.close();
    if (message.has_volume()) candle.volume = message.volume();
    if (message.has_spread_pips()) candle.spread_pips = message.spread_pips();
  }
}

void CheckColumn(absl::string_view columns, const char* name, int size, int want, bool may_be_empty,
                 Violations& violations) {
  if (size == want || (may_be_empty && size == 0)) return;
  const std::string field = absl::StrCat(columns, ".", name);
  violations.push_back({field, absl::StrCat(field, " has ", size, " values, ", columns,
                                            ".open_time_seconds has ", want)});
}

void ReadColumns(const ml::v1::CandleColumns& columns, absl::string_view at, Candles& candles,
                 Violations& violations) {
  const int size = columns.open_time_seconds_size();
  const size_t before = violations.size();
  CheckColumn(at, "open", columns.open_size(), size, false, violations);
  CheckColumn(at, "high", columns.high_size(), size, false, violations);
  CheckColumn(at, "low", columns.low_size(), size, false, violations);
  CheckColumn(at, "close", columns.close_size(), size, false, violations);
  CheckColumn(at, "volume", columns.volume_size(), size, true, violations);
  CheckColumn(at, "spread_pips", columns.spread_pips_size(), size, true, violations);
  if (violations.size() != before) return;
  candles.resize(static_cast<size_t>(size));
  for (int i = 0; i < size; ++i) {
    market::Candle& candle = candles[static_cast<size_t>(i)];
    candle.open_time = absl::FromUnixSeconds(columns.open_time_seconds(i));
    candle.open = columns.open(i);
    candle.high = columns.high(i);
    candle.low = columns.low(i);
    candle.close = columns.close(i);
    if (columns.volume_size() > 0) candle.volume = columns.volume(i);
    if (columns.spread_pips_size() > 0) candle.spread_pips = columns.spread_pips(i);
  }
}

// Before anything is converted: a few bytes on the wire become a candle, or a violation, of
// hundreds.
bool IsTooLong(const ml::v1::CandleSeries& series, absl::string_view at, Violations& violations) {
  const auto count = static_cast<size_t>(
      std::max(series.candles_size(), series.columns().open_time_seconds_size()));
  const size_t most = market::CandleRules().max_candles;
  if (count <= most) return false;
  violations.push_back(
      {absl::StrCat(at, ".candles"), absl::StrCat(at, " has ", count, " candles, at most ", most)});
  return true;
}

Candles ReadSeries(const ml::v1::CandleSeries& series, absl::string_view at,
                   Violations& violations) {
  Candles candles;
  if (IsTooLong(series, at, violations)) return candles;
  if (series.candles_size() > 0 && series.has_columns()) {
    violations.push_back(
        {std::string(at),
         absl::StrCat(at, " has candles and columns: give the candles in one form only")});
    return candles;
  }
  if (series.has_columns()) {
    ReadColumns(series.columns(), absl::StrCat(at, ".columns"), candles, violations);
  } else {
    ReadMessages(series, at, candles, violations);
  }
  return candles;
}

void ReadRisk(const ml::v1::RiskOptions& risk, PredictArguments& arguments,
              Violations& violations) {
  if (risk.has_min_risk_reward_ratio()) {
    CheckRange(risk.min_risk_reward_ratio(), 0, 99.99, "risk.min_risk_reward_ratio", violations);
    arguments.request.risk.min_reward_ratio = risk.min_risk_reward_ratio();
  }
  if (risk.has_risk_per_trade_percent()) {
    const double percent = risk.risk_per_trade_percent();
    if (!(percent > 0 && percent <= 100)) {
      violations.push_back(
          {"risk.risk_per_trade_percent",
           absl::StrCat("risk.risk_per_trade_percent ", percent, " is not above 0 and up to 100")});
    }
    arguments.request.risk.risk_percent = percent;
  }
  if (!risk.has_equity()) return;
  if (!std::isfinite(risk.equity()) || risk.equity() <= 0) {
    violations.push_back(
        {"risk.equity", absl::StrCat("risk.equity ", risk.equity(), " is not above 0")});
  }
  arguments.warnings.push_back(
      {"EQUITY_NOT_USED", "sizes are in percent of equity and are not rounded in this version"});
}

void ReadModel(const ml::v1::PredictRequest& message, PredictArguments& arguments,
               Violations& violations) {
  if (message.model_name().size() > kMaxNameBytes) {
    violations.push_back({"model_name", absl::StrCat("model_name has ", message.model_name().size(),
                                                     " bytes, at most ", kMaxNameBytes)});
  }
  arguments.request.model.name = message.model_name();
  if (!message.has_model_version()) return;
  if (message.model_version() <= 0) {
    violations.push_back({"model_version", absl::StrCat("model_version ", message.model_version(),
                                                        " is not YYYYMMDDhhmmss")});
  }
  arguments.request.model.version = message.model_version();
}

// `own` is the request's pair, where it is one.
void ReadContext(const ml::v1::PredictRequest& message,
                 const std::optional<market::CurrencyPair>& own, PredictArguments& arguments,
                 Violations& violations) {
  if (message.context_series_size() > kMaxContextSeries) {
    violations.push_back(
        {"context_series", absl::StrCat("context_series has ", message.context_series_size(),
                                        " series, at most ", kMaxContextSeries)});
    return;
  }
  std::set<market::CurrencyPair> seen;
  if (own.has_value()) seen.insert(*own);
  for (int i = 0; i < message.context_series_size(); ++i) {
    const ml::v1::ContextSeries& series = message.context_series(i);
    const std::string at = absl::StrCat("context_series[", i, "]");
    const std::string pair_field = absl::StrCat(at, ".pair");
    const auto pair = PairFromProto(series.pair(), pair_field, true, violations);
    if (series.timeframe() != message.timeframe()) {
      const std::string field = absl::StrCat(at, ".timeframe");
      violations.push_back({field, absl::StrCat(field, " is not that of the request, ",
                                                ml::v1::Timeframe_Name(message.timeframe()))});
    }
    Candles candles = ReadSeries(series.series(), absl::StrCat(at, ".series"), violations);
    if (!pair.has_value()) continue;
    if (!seen.insert(*pair).second) {
      violations.push_back({pair_field, absl::StrCat(pair_field, " ", pair->ToString(),
                                                     " is the request's own or came before")});
    }
    arguments.request.context.push_back({*pair, std::move(candles)});
  }
}

}  // namespace

absl::StatusOr<Candles> CandlesFromProto(const ml::v1::CandleSeries& series) {
  Violations violations;
  Candles candles = ReadSeries(series, "series", violations);
  if (!violations.empty()) return base::InvalidArgument(violations);
  return candles;
}

absl::StatusOr<PredictArguments> PredictFromProto(const ml::v1::PredictRequest& message,
                                                  absl::Time now) {
  Violations violations;
  const auto pair = PairFromProto(message.pair(), "pair", true, violations);
  const auto timeframe =
      EnumFromProto<market::Timeframe>(message.timeframe(), "timeframe", true, violations);
  // CurrencyPair is always valid, so a placeholder stands in until the violations are returned.
  static const market::CurrencyPair kAnyPair = *market::CurrencyPair::Parse("EUR/USD");
  PredictArguments arguments{.request = {.pair = pair.value_or(kAnyPair)}};
  pipeline::PredictRequest& request = arguments.request;
  request.timeframe = timeframe.value_or(market::Timeframe::k1Hour);
  Candles candles = ReadSeries(message.series(), "series", violations);
  // A series without candles is no series: the newest are fetched.
  const bool given = message.series().candles_size() > 0 ||
                     message.series().columns().open_time_seconds_size() > 0;
  if (given) request.candles = std::move(candles);
  if (message.has_as_of()) {
    request.as_of = TimeFromProto(message.as_of(), "as_of", violations);
    if (given) {
      violations.push_back({"as_of", "as_of goes with candles from the backend, not with series"});
    } else if (request.as_of.has_value() && *request.as_of < market::CandleRules().earliest) {
      violations.push_back(
          {"as_of", absl::StrCat("as_of ", absl::FormatTime(*request.as_of, absl::UTCTimeZone()),
                                 " is before 1971")});
    } else if (request.as_of.has_value() && *request.as_of > now) {
      violations.push_back(
          {"as_of", absl::StrCat("as_of ", absl::FormatTime(*request.as_of, absl::UTCTimeZone()),
                                 " is in the future")});
    }
  }
  ReadModel(message, arguments, violations);
  ReadContext(message, pair, arguments, violations);
  ReadRisk(message.risk(), arguments, violations);
  CheckUuid(message.request_id(), "request_id", violations);
  request.request_id = message.request_id().empty() ? base::NewUuid() : message.request_id();
  arguments.submit = message.submit();
  if (!violations.empty()) return base::InvalidArgument(violations);
  return arguments;
}

absl::Status WithSeriesPaths(const absl::Status& status) {
  std::vector<base::FieldViolation> violations = base::ViolationsOf(status);
  if (violations.empty()) return status;
  for (base::FieldViolation& violation : violations) {
    if (absl::StartsWith(violation.field, "candles")) {
      violation.field = absl::StrCat("series.", violation.field);
    }
  }
  return base::InvalidArgument(violations);
}

}  // namespace aifx::rpc
