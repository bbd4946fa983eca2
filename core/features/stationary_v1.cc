#include "core/features/stationary_v1.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "core/base/sha256.h"
#include "core/features/band_position.h"
#include "core/features/block.h"
#include "core/features/candle_shape.h"
#include "core/features/finite.h"
#include "core/features/local_time.h"
#include "core/features/ratio.h"
#include "core/features/returns.h"
#include "core/features/rolling_sum.h"
#include "core/features/rsi.h"
#include "core/features/session_break.h"
#include "core/features/sma_distance.h"
#include "core/features/stationary_v1_columns.h"
#include "core/features/stochastic.h"
#include "core/features/true_range.h"
#include "core/features/volatility.h"

namespace aifx::features {
namespace {

using namespace stationary_v1;  // NOLINT: the names of the columns

// The first candle of a block that gets a row; those before it are its history.
constexpr size_t kFirst = kMemory - 1;
constexpr size_t kBlockRows = kBlockCandles - kFirst;

// Computes the columns of one block of candles. Left uninitialized: what a block does not write is
// not read.
class BlockBuilder {
 public:
  BlockBuilder(absl::TimeZone london, absl::TimeZone new_york)
      : london_(london), new_york_(new_york) {}

  // REQUIRES: kMemory <= candles.size() <= kBlockCandles.
  void Build(absl::Span<const market::Candle> candles) {
    block_.Load(candles);
    BuildReturns();
    BuildRanges();
    BuildAverages();
    BuildTimes();
  }

  // The rows of the candles from kFirst on, row-major.
  void CopyRows(double* values) const {
    constexpr size_t kGroup = 8;  // a loop that the compiler unrolls whole
    static_assert(kColumnCount % kGroup == 0);
    for (size_t i = kFirst; i < block_.size; ++i) {
      for (size_t group = 0; group < kColumnCount; group += kGroup, values += kGroup) {
        for (size_t c = 0; c < kGroup; ++c) values[c] = columns_[group + c][i];
      }
    }
  }

 private:
  absl::Span<const double> Values(const Series& series) const {
    return absl::MakeConstSpan(series.data(), block_.size);
  }
  absl::Span<double> Out(ColumnIndex column) { return absl::MakeSpan(columns_[column]); }

  void BuildReturns() {
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

  void BuildRanges() {
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

  // REQUIRES: BuildRanges.
  void BuildAverages() {
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

  void BuildTimes() {
    const absl::Span<const double> times = Values(block_.open_seconds);
    AfterBreak(times, 24, kFirst, Out(kAfterBreak));
    TimeOfDay(times, london_, kFirst, {Out(kLondonHourSine), Out(kLondonHourCosine)});
    TimeOfWeek(
        times, new_york_, kFirst,
        {{Out(kNewYorkHourSine), Out(kNewYorkHourCosine)}, Out(kWeekdaySine), Out(kWeekdayCosine)});
  }

  void ContrastInto(const Series& a, const Series& b, absl::Span<double> out) const {
    for (size_t i = kFirst; i < block_.size; ++i) out[i] = Contrast(a[i], b[i]);
  }
  void InvertInPlace(Series& series) const {
    for (size_t i = kFirst; i < block_.size; ++i) series[i] = InverseOrZero(series[i]);
  }

  LocalClock london_;
  LocalClock new_york_;
  CandleBlock block_;
  WindowSums sums_;
  Series inverse_atr_;
  std::array<Series, kColumnCount> columns_;
};

std::string CanonicalText(absl::string_view name) {
  std::string text = absl::StrCat(name, "\nconvention=engine\nmemory=", kMemory, "\n");
  for (const ColumnDefinition& column : kColumns) {
    absl::StrAppend(&text, column.name, ":", column.formula, "\n");
  }
  return text;
}

absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view name) {
  absl::TimeZone zone;
  if (absl::LoadTimeZone(name, &zone)) return zone;
  return absl::FailedPreconditionError(
      absl::StrCat("the system's time zone database (tzdata) has no zone ", name));
}

}  // namespace

StationaryV1::StationaryV1()
    : name_("stationary-v1"),
      canonical_text_(CanonicalText(name_)),
      hash_(base::Sha256Hex(canonical_text_)),
      london_(LoadZone("Europe/London")),
      new_york_(LoadZone("America/New_York")) {
  for (const ColumnDefinition& column : kColumns) columns_.push_back({column.name, column.kind});
}

size_t StationaryV1::memory() const { return kMemory; }

absl::Status StationaryV1::Build(absl::Span<const market::Candle> candles,
                                 FeatureMatrix& out) const {
  if (!london_.ok()) return london_.status();
  if (!new_york_.ok()) return new_york_.status();
  if (candles.size() < kMemory) {
    return absl::FailedPreconditionError(absl::StrCat("feature set ", name_, " needs ", kMemory,
                                                      " candles, ", candles.size(), " came"));
  }
  out.rows = candles.size() - kFirst;
  out.columns = kColumnCount;
  out.values.resize(out.rows * kColumnCount);
  BlockBuilder builder(*london_, *new_york_);
  bool all_finite = true;
  for (size_t row = 0; row < out.rows; row += kBlockRows) {
    const size_t rows = std::min(kBlockRows, out.rows - row);
    builder.Build(candles.subspan(row, rows + kFirst));
    const auto values = absl::MakeSpan(out.values).subspan(row * kColumnCount, rows * kColumnCount);
    builder.CopyRows(values.data());
    all_finite = SumIsFinite(values) && all_finite;  // here, while the rows are in the cache
  }
  return all_finite ? absl::OkStatus() : CheckFinite(*this, out);
}

}  // namespace aifx::features
