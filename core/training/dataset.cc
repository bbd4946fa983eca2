#include "core/training/dataset.h"

#include "core/base/status_macros.h"

namespace aifx::training {

absl::StatusOr<Dataset> Dataset::Make(absl::Span<const market::Candle> candles,
                                      const features::FeatureSet& feature_set,
                                      absl::Span<const std::optional<BarLabel>> labels,
                                      size_t sequence) {
  Dataset data;
  data.sequence_ = sequence;
  data.first_candle_ = feature_set.warm_up();
  AIFX_RETURN_IF_ERROR(feature_set.Build(candles, data.matrix_));
  data.values_.assign(data.matrix_.values.begin(), data.matrix_.values.end());
  for (size_t t = data.first_candle_ + sequence - 1; t < candles.size(); ++t) {
    if (labels[t].has_value()) data.samples_.push_back({t, labels[t]->target, labels[t]->end});
  }
  return data;
}

absl::Span<const float> Dataset::Window(size_t candle) const {
  const size_t first_row = RowOf(candle) + 1 - sequence_;
  return absl::MakeConstSpan(values_).subspan(first_row * columns(), sequence_ * columns());
}

TimeSplit SplitByTime(absl::Span<const Sample> samples, const SplitShares& shares) {
  const auto count = static_cast<double>(samples.size());
  const size_t stop = static_cast<size_t>(count * shares.fit);
  const size_t calibration = static_cast<size_t>(count * (shares.fit + shares.stop));
  const size_t gate = static_cast<size_t>(count * (shares.fit + shares.stop + shares.calibration));
  TimeSplit split;
  const auto take = [&](size_t begin, size_t end, std::vector<Sample>& slice) {
    for (size_t i = begin; i < end; ++i) {
      if (end < samples.size() && samples[i].end >= samples[end].candle) {
        ++split.purged;
      } else {
        slice.push_back(samples[i]);
      }
    }
  };
  take(0, stop, split.fit);
  take(stop, calibration, split.stop);
  take(calibration, gate, split.calibration);
  take(gate, samples.size(), split.gate);
  return split;
}

}  // namespace aifx::training
