#include "core/macro/surprises.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/string_view.h"
#include "core/macro/release_time.h"

namespace aifx::macro {
namespace {

// Surprises that differ by less than this share of the figures that they are differences of are
// equal: 0.3 - 0.2 and 0.4 - 0.3 are not the same double.
constexpr double kRounding = 1e-9;

// The spread of an event's surprises so far (Welford, "Note on a method for calculating corrected
// sums of squares and products", 1962): stable where it is small against their mean.
class RunningDeviation {
 public:
  void Add(const EconomicEvent& event) {
    const double value = *event.actual - *event.forecast;
    scale_ = std::max({scale_, std::abs(*event.actual), std::abs(*event.forecast)});
    ++count_;
    const double delta = value - mean_;
    mean_ += delta / static_cast<double>(count_);
    squares_ += delta * (value - mean_);
  }
  // Nothing below two surprises, or where they do not differ.
  std::optional<double> SampleDeviation() const {
    if (count_ < 2) return std::nullopt;
    const double deviation = std::sqrt(squares_ / static_cast<double>(count_ - 1));
    if (deviation <= kRounding * scale_) return std::nullopt;
    return deviation;
  }

 private:
  int64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
  double scale_ = 0;  // of the figures
};

struct Surprise {
  absl::Time known_from;
  const EconomicEvent* event;

  double value() const { return *event->actual - *event->forecast; }
  // What of two surprises at one moment is looked at last, and so counts, is greater.
  bool operator<(const Surprise& other) const {
    return std::tie(known_from, event->impact, other.event->currency, other.event->name) <
           std::tie(other.known_from, other.event->impact, event->currency, event->name);
  }
};

std::vector<Surprise> InOrder(const std::vector<EconomicEvent>& events) {
  std::vector<Surprise> surprises;
  for (const EconomicEvent& event : events) {
    if (event.actual.has_value() && event.forecast.has_value()) {
      surprises.push_back({KnownFrom(event), &event});
    }
  }
  std::sort(surprises.begin(), surprises.end());
  return surprises;
}

}  // namespace

KnownSeries StandardizedSurprises(const std::vector<EconomicEvent>& events) {
  using Key = std::pair<absl::string_view, absl::string_view>;
  std::map<Key, RunningDeviation> history;
  KnownSeries series;
  for (const Surprise& surprise : InOrder(events)) {
    RunningDeviation& earlier = history[Key(surprise.event->currency, surprise.event->name)];
    const std::optional<double> deviation = earlier.SampleDeviation();
    earlier.Add(*surprise.event);
    if (!deviation.has_value()) continue;
    if (series.times.empty() || series.times.back() < surprise.known_from) {
      series.times.push_back(surprise.known_from);
      series.values.emplace_back();
    }
    series.values.back() = surprise.value() / *deviation;
  }
  return series;
}

}  // namespace aifx::macro
