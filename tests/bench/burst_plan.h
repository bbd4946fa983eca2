#ifndef AIFX_TESTS_BENCH_BURST_PLAN_H_
#define AIFX_TESTS_BENCH_BURST_PLAN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aifx/ml/v1/prediction_service.pb.h"
#include "core/records/candle_events.h"

// Which candles close at once, who watches them, and how they are announced.
namespace aifx::bench {

inline constexpr size_t kTimeframes = 4;
// How often all of them close at the same moment.
inline constexpr absl::Duration kBetweenBursts = absl::Hours(4);

// The 28 pairs of the eight currencies that are traded most, each at 15min, 30min, 1h and 4h.
std::vector<records::CandleSeriesId> AllSeries();

// The series are dealt to the watchers in turn: one to each, or with `whole_pair` the four of a
// pair. The model of bench_model.h serves all: what it costs does not depend on the series.
std::vector<ml::v1::WatchPredictionsRequest> WatchRequests(size_t watchers, bool whole_pair);

// The platform's messages on Redis for the candles that close at `close`, one a series.
std::vector<std::string> Announcements(const std::vector<records::CandleSeriesId>& series,
                                       absl::Time close);

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_BURST_PLAN_H_
