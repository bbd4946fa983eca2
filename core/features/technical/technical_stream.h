#ifndef AIFX_CORE_FEATURES_TECHNICAL_TECHNICAL_STREAM_H_
#define AIFX_CORE_FEATURES_TECHNICAL_TECHNICAL_STREAM_H_

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "core/features/context_alignment.h"
#include "core/features/feature_set.h"
#include "core/features/technical/chunk_builder.h"

namespace aifx::features {

// A technical set, one candle at a time. Where the set needs no other pairs.
class TechnicalStream : public FeatureStream {
 public:
  TechnicalStream(std::unique_ptr<ChunkBuilder> builder, size_t warm_up);

  absl::Span<const double> Next(const market::Candle& candle) override;
  void Restart() override;

 protected:
  absl::Span<const double> Append(const market::Candle& candle, const ContextCloses& context);

 private:
  std::unique_ptr<ChunkBuilder> builder_;
  size_t warm_up_;
  size_t seen_ = 0;
  std::vector<double> row_;
  std::vector<double*> out_;
};

// The same with kDollarPairs as context, but for the pair of the series (kDollarPairs.size():
// none).
class ContextStream final : public TechnicalStream {
 public:
  ContextStream(std::unique_ptr<ChunkBuilder> builder, size_t warm_up, size_t own_pair);

  absl::Span<const double> Next(const market::Candle& candle) override;
  absl::Status AddContext(const market::CurrencyPair& pair, const market::Candle& candle) override;
  void Restart() override;

 private:
  const size_t own_pair_;
  std::array<ContextQueue, kDollarPairs.size()> queues_;
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_TECHNICAL_STREAM_H_
