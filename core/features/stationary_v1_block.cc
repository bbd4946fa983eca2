#include "core/features/stationary_v1_block.h"

#include "core/features/band_position.h"
#include "core/features/candle_shape.h"
#include "core/features/ratio.h"
#include "core/features/returns.h"
#include "core/features/rsi.h"
#include "core/features/session_break.h"
#include "core/features/sma_distance.h"
#include "core/features/stochastic.h"
#include "core/features/true_range.h"
#include "core/features/volatility.h"

namespace aifx::features {

using namespace stationary_v1;  // NOLINT: the names of the columns

void StationaryV1Block::Build() {
  BuildReturns();
  BuildRanges();
  BuildAverages();
  BuildTimes();
}

void StationaryV1Block::CopyRows(double* values) const {
  constexpr size_t kGroup = 8;  // a loop that the compiler unrolls whole
  static_assert(kColumnCount % kGroup == 0);
  for (size_t i = kFirst; i < block_.size; ++i) {
    for (size_t group = 0; group < kColumnCount; group += kGroup, values += kGroup) {
      for (size_t c = 0; c < kGroup; ++c) values[c] = columns_[group + c][i];
    }
  }
}

void StationaryV1Block::BuildReturns() {
  const absl::Span<const double> log_close = Values(block_.log_close);
  Series squares;
  SquaredLogReturns(log_close, absl::MakeSpan(squares));
  sums_.Assign(Values(squares), 30);
  Series fast, slow;
  RealizedVolatility(sums_, 10, kFirst, absl::MakeSpan(fast));
  RealizedVolatility(sums_, 30, kFirst, absl::MakeSpan(slow));
  ContrastInto(fast, slow, Out(kVolatility10Against30));
  InvertInPlace(slow);
  ScaledLogReturn(log_close, 1, slow, kFirst, Out(kReturn1));
  ScaledLogReturn(log_close, 2, slow, kFirst, Out(kReturn2));
  ScaledLogReturn(log_close, 4, slow, kFirst, Out(kReturn4));
  ScaledLogReturn(log_close, 8, slow, kFirst, Out(kReturn8));
  ScaledLogReturn(log_close, 24, slow, kFirst, Out(kReturn24));
}

void StationaryV1Block::BuildRanges() {
  Series ranges;
  TrueRange(block_, absl::MakeSpan(ranges));
  sums_.Assign(Values(ranges), 48);
  Series slow;
  sums_.Mean(14, kFirst, absl::MakeSpan(inverse_atr_));
  sums_.Mean(48, kFirst, absl::MakeSpan(slow));
  ContrastInto(inverse_atr_, slow, Out(kAtr14Against48));
  InvertInPlace(inverse_atr_);
  Body(block_, inverse_atr_, kFirst, Out(kBody));
  Range(block_, inverse_atr_, kFirst, Out(kRange));
  Gap(block_, inverse_atr_, kFirst, Out(kGap));
  StochasticPosition(block_, 14, kFirst, Out(kStochastic14));
}

void StationaryV1Block::BuildAverages() {
  const absl::Span<const double> close = Values(block_.close);
  sums_.Assign(close, 50);
  const auto distance = [&](size_t length, ColumnIndex column) {
    SmaDistance(close, sums_, length, inverse_atr_, kSmaDistanceLimit, kFirst, Out(column));
  };
  distance(5, kSmaDistance5);
  distance(10, kSmaDistance10);
  distance(20, kSmaDistance20);
  distance(50, kSmaDistance50);
  BandPosition(close, sums_, 20, 2, kFirst, Out(kBandPosition20));
  Series changes;
  AbsoluteChanges(close, absl::MakeSpan(changes));
  sums_.Assign(Values(changes), 14);
  ScaledRsi(close, sums_, 14, kFirst, Out(kRsi14));
}

void StationaryV1Block::BuildTimes() {
  const absl::Span<const double> times = Values(block_.open_seconds);
  AfterBreak(times, 24, kFirst, Out(kAfterBreak));
  TimeOfDay(times, london_, kFirst, {Out(kLondonHourSine), Out(kLondonHourCosine)});
  TimeOfWeek(
      times, new_york_, kFirst,
      {{Out(kNewYorkHourSine), Out(kNewYorkHourCosine)}, Out(kWeekdaySine), Out(kWeekdayCosine)});
}

void StationaryV1Block::ContrastInto(const Series& a, const Series& b,
                                     absl::Span<double> out) const {
  for (size_t i = kFirst; i < block_.size; ++i) out[i] = Contrast(a[i], b[i]);
}

void StationaryV1Block::InvertInPlace(Series& series) const {
  for (size_t i = kFirst; i < block_.size; ++i) series[i] = InverseOrZero(series[i]);
}

}  // namespace aifx::features
