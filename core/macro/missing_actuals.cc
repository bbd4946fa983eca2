#include "core/macro/missing_actuals.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace aifx::macro {

std::vector<EconomicEvent> EventsMissingActual(const std::vector<EconomicEvent>& events,
                                               const market::CurrencyPair& pair) {
  std::map<std::pair<std::string, std::string>, absl::Time> newest;  // that has its actual
  for (const EconomicEvent& event : events) {
    if (!event.actual.has_value()) continue;
    absl::Time& time = newest.try_emplace({event.currency, event.name}, event.time).first->second;
    time = std::max(time, event.time);
  }
  std::vector<EconomicEvent> missing;
  for (const EconomicEvent& event : events) {
    if (event.actual.has_value()) continue;
    if (event.currency != pair.base() && event.currency != pair.quote()) continue;
    const auto found = newest.find({event.currency, event.name});
    if (found != newest.end() && event.time < found->second) missing.push_back(event);
  }
  std::stable_sort(missing.begin(), missing.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  return missing;
}

}  // namespace aifx::macro
