#include "core/macro/event_features.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/macro/event_columns.h"
#include "core/macro/impact.h"
#include "core/macro/surprises.h"
#include "core/macro/time_counter.h"

namespace aifx::macro {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr absl::Duration kDay = absl::Hours(24);
constexpr double kMaxDaysAhead = 30;

auto KeyOf(const EconomicEvent& event) { return std::tie(event.time, event.currency, event.name); }

absl::Status Wrong(const EconomicEvent& event, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(
      "event '", event.name, "' (", event.currency, ", ",
      absl::FormatTime(absl::RFC3339_sec, event.time, absl::UTCTimeZone()), "): ", what));
}

absl::Status CheckEvent(const EconomicEvent& event) {
  for (const auto& [name, value] :
       {std::pair("actual", event.actual), std::pair("forecast", event.forecast)}) {
    if (value.has_value() && !std::isfinite(*value)) {
      return Wrong(event, absl::StrCat(name, " is ", *value));
    }
  }
  return absl::OkStatus();
}

}  // namespace

// The positions of one pass over the events.
class EventFeatures::Sweep {
 public:
  explicit Sweep(const EventFeatures& events)
      : events_(events),
        high_past_(events.high_),
        high_in_24h_(events.high_),
        high_in_48h_(events.high_),
        high_in_7d_(events.high_),
        high_to_hour_past_(events.high_to_hour_),
        all_past_(events.all_),
        all_in_7d_(events.all_),
        all_before_3d_(events.all_),
        all_in_4d_(events.all_),
        surprises_known_(events.surprises_.times) {}

  void Fill(absl::Time t, double* row) {
    const size_t past = high_past_.UpTo(t);
    row[kEventWithin24h] = high_in_24h_.UpTo(t + kDay) > past ? 1 : 0;
    row[kEventWithin48h] = high_in_48h_.UpTo(t + 2 * kDay) > past ? 1 : 0;
    row[kHighEventsNext7d] = static_cast<double>(high_in_7d_.UpTo(t + 7 * kDay) - past);
    row[kCumulativeEventScore] = static_cast<double>(ScoreUpTo(all_in_7d_.UpTo(t + 7 * kDay)) -
                                                     ScoreUpTo(all_past_.UpTo(t)));
    row[kEventDensity7d] =
        static_cast<double>(all_in_4d_.UpTo(t + 4 * kDay) - all_before_3d_.UpTo(t - 3 * kDay));
    FillNextHigh(t, past, row);
    FillLastHigh(t, row);
    const size_t surprises = surprises_known_.UpTo(t);
    row[kLastSurprise] = surprises == 0 ? kNaN : events_.surprises_.values[surprises - 1];
    row[kLastSurpriseKnown] = surprises == 0 ? 0 : 1;
  }

 private:
  int64_t ScoreUpTo(size_t count) const { return events_.score_before_[count]; }

  void FillNextHigh(absl::Time t, size_t past, double* row) const {
    const double days = past == events_.high_.size()
                            ? std::numeric_limits<double>::infinity()
                            : absl::FDivDuration(events_.high_[past] - t, kDay);
    row[kDaysToNextHighEvent] = std::min(days, kMaxDaysAhead);
    row[kNoHighEvent30d] = days > kMaxDaysAhead ? 1 : 0;
  }

  void FillLastHigh(absl::Time t, double* row) {
    const size_t past = high_to_hour_past_.UpTo(t);
    row[kHoursSinceLastHigh] =
        past == 0 ? kNaN : absl::ToDoubleHours(t - events_.high_to_hour_[past - 1]);
    row[kHoursSinceLastHighKnown] = past == 0 ? 0 : 1;
  }

  const EventFeatures& events_;
  TimeCounter high_past_, high_in_24h_, high_in_48h_, high_in_7d_, high_to_hour_past_;
  TimeCounter all_past_, all_in_7d_, all_before_3d_, all_in_4d_;
  TimeCounter surprises_known_;
};

absl::StatusOr<EventFeatures> EventFeatures::Create(const market::CurrencyPair& pair,
                                                    const std::vector<EconomicEvent>& events) {
  std::vector<EconomicEvent> ours;
  for (const EconomicEvent& event : events) {
    if (event.currency != pair.base() && event.currency != pair.quote()) continue;
    AIFX_RETURN_IF_ERROR(CheckEvent(event));
    ours.push_back(event);
  }
  std::sort(ours.begin(), ours.end(),
            [](const auto& a, const auto& b) { return KeyOf(a) < KeyOf(b); });
  EventFeatures features;
  features.score_before_.push_back(0);
  for (size_t i = 0; i < ours.size(); ++i) {
    const EconomicEvent& event = ours[i];
    if (i > 0 && KeyOf(ours[i - 1]) == KeyOf(event)) return Wrong(event, "it is there twice");
    features.all_.push_back(event.time);
    features.score_before_.push_back(features.score_before_.back() + ImpactScore(event.impact));
    if (event.impact != Impact::kHigh) continue;
    features.high_.push_back(event.time);
    if (event.time_known) features.high_to_hour_.push_back(event.time);
  }
  features.surprises_ = StandardizedSurprises(ours);
  return features;
}

features::FeatureMatrix EventFeatures::At(absl::Span<const absl::Time> times) const {
  features::FeatureMatrix matrix;
  matrix.rows = times.size();
  matrix.columns = kEventColumnCount;
  matrix.values.resize(matrix.rows * matrix.columns);
  Sweep sweep(*this);
  double* row = matrix.values.data();
  for (const absl::Time t : times) {
    sweep.Fill(t, row);
    row += matrix.columns;
  }
  return matrix;
}

}  // namespace aifx::macro
