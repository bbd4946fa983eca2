#include "core/features/technical/workspace.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace aifx::features {

template <typename Action>
void Workspace::ForEachSeries(Action action) {
  for (SeriesBuffer* series :
       {&open_, &high_, &low_, &close_, &volume_, &spread_pips_, &open_seconds_}) {
    action(*series);
  }
  for (SeriesBuffer& series : series_) action(series);
}

void Workspace::Restart() {
  ForEachSeries([](SeriesBuffer& series) { series.Clear(); });
  end_ = kLongestPast;
  rows_ = 0;
}

SeriesBuffer& Workspace::context_close(size_t pair) {
  while (context_.size() < kDollarPairs.size()) context_.push_back(&NewSeries());
  return *context_[pair];
}

Chunk Workspace::Append(absl::Span<const market::Candle> candles, const ContextCloses& context) {
  assert(!candles.empty() && candles.size() <= kChunkRows);
  if (end_ + candles.size() > kLongestPast + kChunkRows) {
    ForEachSeries([this](SeriesBuffer& series) { series.MoveToFront(end_); });
    end_ = kLongestPast;
  }
  Load(candles, end_);
  if (uses_context()) LoadContext(context, end_, candles.size());
  const Chunk chunk{end_, end_ + candles.size(), rows_};
  end_ = chunk.end;
  rows_ += candles.size();
  for (const Entry& entry : shared_) entry.series->Update(chunk);
  return chunk;
}

void Workspace::Load(absl::Span<const market::Candle> candles, size_t begin) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (size_t i = 0; i < candles.size(); ++i) {
    const market::Candle& candle = candles[i];
    open_.data()[begin + i] = candle.open;
    high_.data()[begin + i] = candle.high;
    low_.data()[begin + i] = candle.low;
    close_.data()[begin + i] = candle.close;
    volume_.data()[begin + i] = candle.volume.value_or(kNan);
    spread_pips_.data()[begin + i] = candle.spread_pips.value_or(kNan);
    open_seconds_.data()[begin + i] = static_cast<double>(absl::ToUnixSeconds(candle.open_time));
  }
}

void Workspace::LoadContext(const ContextCloses& context, size_t begin, size_t size) {
  context_pairs_ = 0;
  for (size_t p = 0; p < context_.size(); ++p) {
    double* to = context_[p]->data() + begin;
    if (context[p] != nullptr) {
      ++context_pairs_;
      std::copy_n(context[p], size, to);
    } else {
      std::fill_n(to, size, std::numeric_limits<double>::quiet_NaN());
    }
  }
}

}  // namespace aifx::features
