// Where in the trading day a candle opens, on local clocks: 1 or 0. Only Monday to Friday there.
//   london_session, new_york_session   08:00 to 17:00
//   session_overlap                    both: the most liquid hours
//   london_fix_window                  15:00 to 17:00 London, around the 16:00 benchmark fixing
//   new_york_cut_window                09:00 to 11:00 New York, around the 10:00 option expiry
#include "core/base/status_macros.h"
#include "core/features/local_time.h"
#include "core/features/technical/families.h"

namespace aifx::features {
namespace {

enum Index : size_t { kLondon, kNewYork, kOverlap, kFix, kCut, kCount };

class Sessions final : public Indicator {
 public:
  Sessions(Workspace& workspace, absl::TimeZone london, absl::TimeZone new_york)
      : open_seconds_(workspace.open_seconds()), london_(london), new_york_(new_york) {}

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    for (size_t i = 0; i < chunk.size(); ++i) {
      const auto time = static_cast<int64_t>(open_seconds_.data()[chunk.begin + i]);
      london_.Set(time);
      new_york_.Set(time);
      const bool london = Within(london_, 8, 17);
      const bool new_york = Within(new_york_, 8, 17);
      const bool values[kCount] = {london, new_york, london && new_york, Within(london_, 15, 17),
                                   Within(new_york_, 9, 11)};
      for (size_t k = 0; k < kCount; ++k) {
        if (out[k] != nullptr) out[k][i] = values[k] ? 1 : 0;
      }
    }
  }

 private:
  // Whether the clock shows a working day's time in [from, to), in hours.
  static bool Within(const LocalClock& clock, size_t from, size_t to) {
    const size_t minute = clock.minute_of_day();
    return clock.weekday() < 5 && minute >= from * 60 && minute < to * 60;
  }

  SeriesBuffer& open_seconds_;
  LocalClock london_;
  LocalClock new_york_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention != Convention::kEngine) return {};
  const auto column = [](const char* name, const char* formula) {
    return EngineColumn(name, ColumnKind::kTime, formula, 1);
  };
  return {
      column("london_session", "weekday(Europe/London)<5,hour(Europe/London)in[8,17)"),
      column("new_york_session", "weekday(America/New_York)<5,hour(America/New_York)in[8,17)"),
      column("session_overlap", "london_session*new_york_session"),
      column("london_fix_window", "weekday(Europe/London)<5,hour(Europe/London)in[15,17)"),
      column("new_york_cut_window", "weekday(America/New_York)<5,hour(America/New_York)in[9,11)")};
}

absl::StatusOr<std::unique_ptr<Indicator>> Make(Workspace& workspace, Convention, const Wanted&) {
  AIFX_ASSIGN_OR_RETURN(const absl::TimeZone london, LoadZone("Europe/London"));
  AIFX_ASSIGN_OR_RETURN(const absl::TimeZone new_york, LoadZone("America/New_York"));
  return std::make_unique<Sessions>(workspace, london, new_york);
}

}  // namespace

const IndicatorFamily families::kSessions = {Columns, Make};

}  // namespace aifx::features
