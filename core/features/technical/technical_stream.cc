#include "core/features/technical/technical_stream.h"

#include <utility>

namespace aifx::features {

TechnicalStream::TechnicalStream(std::unique_ptr<ChunkBuilder> builder, size_t warm_up)
    : builder_(std::move(builder)), warm_up_(warm_up), row_(builder_->columns().size()) {
  for (double& value : row_) out_.push_back(&value);
}

absl::Span<const double> TechnicalStream::Next(const market::Candle& candle) {
  return Append(candle, {});
}

absl::Span<const double> TechnicalStream::Append(const market::Candle& candle,
                                                 const ContextCloses& context) {
  builder_->Append({&candle, 1}, context, out_);
  return seen_++ < warm_up_ ? absl::Span<const double>() : absl::MakeConstSpan(row_);
}

void TechnicalStream::Restart() {
  builder_->Restart();
  seen_ = 0;
}

ContextStream::ContextStream(std::unique_ptr<ChunkBuilder> builder, size_t warm_up, size_t own_pair)
    : TechnicalStream(std::move(builder), warm_up), own_pair_(own_pair) {}

absl::Span<const double> ContextStream::Next(const market::Candle& candle) {
  std::array<double, kDollarPairs.size()> closes;
  ContextCloses context{};
  for (size_t p = 0; p < queues_.size(); ++p) {
    if (p == own_pair_) continue;
    closes[p] = queues_[p].Next(candle.open_time);
    context[p] = &closes[p];
  }
  return Append(candle, context);
}

absl::Status ContextStream::AddContext(const market::CurrencyPair& pair,
                                       const market::Candle& candle) {
  const size_t p = DollarPairIndex(pair);
  if (p == queues_.size() || p == own_pair_) return FeatureStream::AddContext(pair, candle);
  return queues_[p].Add(candle, kDollarPairs[p].name);
}

void ContextStream::Restart() {
  TechnicalStream::Restart();
  for (ContextQueue& queue : queues_) queue.Restart();
}

}  // namespace aifx::features
