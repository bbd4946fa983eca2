// What the dollar does, seen from other pairs against it. r(n) = ln(close / close[-n]) of a pair,
// rms(30) the root of the mean of its 30 squared one-bar log returns, close as known at the candle
// (context_alignment.h).
//   dollar_return_n         mean over the pairs of sign r(n) / (rms(30) sqrt(n)), sign such that a
//                           stronger dollar is positive
//   dollar_return_1_lag_k   the same of the one-bar return of k candles ago, with the present rms
//   eurusd_return_1, ...    r(1) / rms(30) of one pair, and of the candle before (_lag_1)
//   has_dollar_pairs        share of the pairs that are known: 1 where all are
// A pair with an unknown close among the 31 that it takes is left out of the mean, its own columns
// are 0. The pair of the series itself is no context: it never counts.
#include <array>
#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "core/features/context_alignment.h"
#include "core/features/ratio.h"
#include "core/features/technical/families.h"
#include "core/features/technical/rolling_sums.h"

namespace aifx::features {
namespace {

constexpr size_t kLength = 30;
// The oldest close used is kLength candles old, and may have been carried.
constexpr size_t kMemory = kLength + 1 + kContextCarry;
constexpr size_t kPairs = kDollarPairs.size();

// A log return of `bars` bars that ends `lag` candles ago.
struct ReturnSpan {
  size_t bars;
  size_t lag;
};
constexpr std::array<ReturnSpan, 6> kFactorSpans = {
    {{1, 0}, {1, 1}, {1, 2}, {1, 3}, {4, 0}, {24, 0}}};
constexpr std::array<ReturnSpan, 2> kPairSpans = {{{1, 0}, {1, 1}}};

std::string SpanName(const ReturnSpan& span) {
  const std::string name = absl::StrCat("return_", span.bars);
  return span.lag == 0 ? name : absl::StrCat(name, "_lag_", span.lag);
}

// One pair's log closes, and the inverse of its volatility: NaN where a close is unknown.
class ContextPair {
 public:
  ContextPair(Workspace& workspace, size_t pair)
      : close_(workspace.context_close(pair)),
        log_close_(workspace.NewSeries()),
        squares_(workspace.NewSeries()),
        sums_(workspace, squares_) {
    log_close_.RequirePast(kLength);
    sums_.Require(kLength);
  }

  void Update(const Chunk& chunk) {
    const double* close = close_.data() + chunk.begin;
    double* log_close = log_close_.data() + chunk.begin;
    double* __restrict squares = squares_.data() + chunk.begin;
    for (size_t i = 0; i < chunk.size(); ++i) log_close[i] = std::log(close[i]);
    const double* previous = log_close - 1;
    for (size_t i = 0; i < chunk.size(); ++i) {
      const double log_return = log_close[i] - previous[i];
      squares[i] = log_return * log_return;
    }
    sums_.Update(chunk);
    sums_.Mean(kLength, chunk, inverse_.data());
    for (size_t i = 0; i < chunk.size(); ++i) {
      if (IsKnown(i)) inverse_[i] = InverseOrZero(std::sqrt(inverse_[i]));
    }
  }

  // Whether all closes that row i of the chunk needs are known.
  bool IsKnown(size_t i) const { return !std::isnan(inverse_[i]); }

  // out[i] += factor * the scaled return, where it is known.
  void AddReturn(const Chunk& chunk, const ReturnSpan& span, double factor,
                 double* __restrict out) const {
    const double* end = log_close_.data() + chunk.begin - span.lag;
    const double* start = end - span.bars;
    const double scale = factor / std::sqrt(static_cast<double>(span.bars));
    for (size_t i = 0; i < chunk.size(); ++i) {
      const double value = (end[i] - start[i]) * inverse_[i] * scale;
      out[i] += IsKnown(i) ? value : 0;
    }
  }

 private:
  SeriesBuffer& close_;
  SeriesBuffer& log_close_;
  SeriesBuffer& squares_;
  RollingSums sums_;
  std::array<double, kChunkRows> inverse_;
};

// Columns: the factor's, those of each pair, the share that is known.
class Dollar final : public Indicator {
 public:
  Dollar(Workspace& workspace, Convention, const Wanted&) : workspace_(workspace) {
    for (size_t p = 0; p < kPairs; ++p) {
      pairs_[p] = std::make_unique<ContextPair>(workspace, p);
    }
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    for (const auto& pair : pairs_) pair->Update(chunk);
    for (size_t i = 0; i < chunk.size(); ++i) {
      size_t known = 0;
      for (const auto& pair : pairs_) known += pair->IsKnown(i) ? 1 : 0;
      known_[i] = static_cast<double>(known);
    }
    auto column = out.begin();
    for (const ReturnSpan& span : kFactorSpans) Factor(chunk, span, *column++);
    for (const auto& pair : pairs_) {
      for (const ReturnSpan& span : kPairSpans) {
        if (double* to = *column++) {
          std::fill_n(to, chunk.size(), 0.0);
          pair->AddReturn(chunk, span, 1, to);
        }
      }
    }
    if (double* share = *column) {
      const double inverse = InverseOrZero(static_cast<double>(workspace_.context_pairs()));
      for (size_t i = 0; i < chunk.size(); ++i) share[i] = known_[i] * inverse;
    }
  }

 private:
  void Factor(const Chunk& chunk, const ReturnSpan& span, double* out) const {
    if (out == nullptr) return;
    std::fill_n(out, chunk.size(), 0.0);
    for (size_t p = 0; p < kPairs; ++p) {
      pairs_[p]->AddReturn(chunk, span, kDollarPairs[p].dollar_sign, out);
    }
    for (size_t i = 0; i < chunk.size(); ++i) out[i] *= InverseOrZero(known_[i]);
  }

  Workspace& workspace_;
  std::array<std::unique_ptr<ContextPair>, kPairs> pairs_;
  std::array<double, kChunkRows> known_;
};

IndicatorColumn ContextColumn(std::string name, std::string formula) {
  IndicatorColumn column =
      EngineColumn(std::move(name), ColumnKind::kPrice, std::move(formula), kMemory);
  column.context = true;
  return column;
}

std::string SpanFormula(const ReturnSpan& span) {
  return absl::StrCat("log(close[-", span.lag, "]/close[-", span.lag + span.bars, "])/(rms(",
                      kLength, ")*sqrt(", span.bars, "));carry=", kContextCarry);
}

std::vector<IndicatorColumn> Columns(Convention convention) {
  std::vector<IndicatorColumn> columns;
  if (convention != Convention::kEngine) return columns;
  std::string all;
  for (const DollarPair& pair : kDollarPairs) {
    absl::StrAppend(&all, pair.dollar_sign > 0 ? "+" : "-", pair.name);
  }
  for (const ReturnSpan& span : kFactorSpans) {
    columns.push_back(
        ContextColumn(absl::StrCat("dollar_", SpanName(span)),
                      absl::StrCat("mean(", all, " less own;known):", SpanFormula(span))));
  }
  for (const DollarPair& pair : kDollarPairs) {
    for (const ReturnSpan& span : kPairSpans) {
      columns.push_back(
          ContextColumn(absl::StrCat(pair.column_prefix, "_", SpanName(span)),
                        absl::StrCat(pair.name, ":", SpanFormula(span), ";unknown or own=0")));
    }
  }
  columns.push_back(ContextColumn(
      "has_dollar_pairs", absl::StrCat("share of ", all, " less own with known close[0..-", kLength,
                                       "];carry=", kContextCarry)));
  return columns;
}

}  // namespace

const IndicatorFamily families::kDollar = {Columns, MakeIndicator<Dollar>};

}  // namespace aifx::features
