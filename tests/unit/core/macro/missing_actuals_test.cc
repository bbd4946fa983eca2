#include "core/macro/missing_actuals.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/candles.h"

namespace aifx::macro {
namespace {

using ::aifx::testing::Time;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

EconomicEvent Event(absl::string_view day, absl::string_view currency, absl::string_view name,
                    std::optional<double> actual) {
  return {.time = Time(day),
          .currency = std::string(currency),
          .name = std::string(name),
          .actual = actual};
}

TEST(EventsMissingActualTest, FindsWhatWasMoved) {
  const std::vector<EconomicEvent> events = {
      Event("2018-07-13T12:30:00Z", "USD", "CPI", std::nullopt),     // moved to the 16th
      Event("2018-06-12T12:30:00Z", "USD", "CPI", std::nullopt),     // never came
      Event("2018-07-16T12:30:00Z", "USD", "CPI", 2.9),              //
      Event("2018-08-10T12:30:00Z", "USD", "CPI", std::nullopt),     // is to come
      Event("2018-07-13T12:30:00Z", "USD", "Speech", std::nullopt),  // has no figures
      Event("2018-07-13T12:30:00Z", "EUR", "CPI", std::nullopt),     // has none yet
      Event("2018-07-13T12:30:00Z", "JPY", "CPI", std::nullopt),     // of another pair
      Event("2018-07-16T12:30:00Z", "JPY", "CPI", 0.7)};
  EXPECT_THAT(EventsMissingActual(events, *market::CurrencyPair::Parse("EUR/USD")),
              ElementsAre(Field(&EconomicEvent::time, Time("2018-06-12T12:30:00Z")),
                          Field(&EconomicEvent::time, Time("2018-07-13T12:30:00Z"))));
  EXPECT_THAT(EventsMissingActual(events, *market::CurrencyPair::Parse("EUR/GBP")), IsEmpty());
}

}  // namespace
}  // namespace aifx::macro
