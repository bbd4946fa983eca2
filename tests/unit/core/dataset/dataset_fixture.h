#ifndef AIFX_TESTS_UNIT_CORE_DATASET_DATASET_FIXTURE_H_
#define AIFX_TESTS_UNIT_CORE_DATASET_DATASET_FIXTURE_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/dataset/dataset.h"
#include "tests/support/candles.h"

namespace aifx::dataset {

// A small data set of EUR/USD 1h candles: five weeks, windows of 8, a horizon of 6.
inline DatasetSpec SmallSpec() {
  DatasetSpec spec{.pair = *market::CurrencyPair::Parse("EUR/USD")};
  spec.sequence = 8;
  spec.targets.horizon_bars = 6;
  spec.split = {.train_until = testing::Time("2018-07-01T00:00:00Z"),
                .validation_until = testing::Time("2018-07-09T00:00:00Z")};
  return spec;
}

// From Tuesday 2018-06-12T10:00Z on.
inline std::vector<market::Candle> SmallCandles(size_t count = 600) {
  return testing::RandomWalk({.seed = 7, .count = count});
}

// The price of the pair written the other way round: every movement is mirrored.
inline void Invert(market::Candle& candle) {
  candle = {.open_time = candle.open_time,
            .open = 1.3 / candle.open,
            .high = 1.3 / candle.low,
            .low = 1.3 / candle.high,
            .close = 1.3 / candle.close,
            .volume = 2 * *candle.volume,
            .spread_pips = 3 * *candle.spread_pips};
}

inline macro::EconomicEvent Event(absl::string_view time, absl::string_view name, double forecast,
                                  double actual) {
  return {.time = testing::Time(time),
          .currency = "USD",
          .name = std::string(name),
          .impact = macro::Impact::kHigh,
          .forecast = forecast,
          .actual = actual};
}

// A weekly event with growing surprises.
inline std::vector<macro::EconomicEvent> SmallEvents() {
  std::vector<macro::EconomicEvent> events;
  for (int week = 0; week < 9; ++week) {
    events.push_back(Event("2018-05-24T12:30:00Z", "Claims", 100, 100 + week * week + 1));
    events.back().time += absl::Hours(7 * 24 * week);
  }
  return events;
}

// A policy rate of each side, raised in the middle of the series.
inline std::vector<macro::FundamentalRecord> SmallRecords() {
  const auto rate = [](absl::string_view country, absl::string_view released, double value) {
    const absl::Time time = testing::Time(released);
    return macro::FundamentalRecord{
        .date = absl::FromCivil(absl::ToCivilDay(time, absl::UTCTimeZone()), absl::UTCTimeZone()),
        .country = std::string(country),
        .indicator = "interest_rate",
        .value = value,
        .released_at = time};
  };
  return {rate("US", "2018-03-21T18:00:00Z", 1.5), rate("EU", "2018-06-14T11:45:00Z", 0.0),
          rate("US", "2018-06-21T18:00:00Z", 1.75), rate("EU", "2018-07-04T11:45:00Z", 0.25)};
}

}  // namespace aifx::dataset

#endif  // AIFX_TESTS_UNIT_CORE_DATASET_DATASET_FIXTURE_H_
