#include "core/training/dataset.h"

#include "core/base/status_macros.h"
#include "core/features/window_scaling.h"

namespace aifx::training {

absl::StatusOr<Dataset> Dataset::Make(const features::FeatureInput& input,
                                      const features::FeatureSet& feature_set,
                                      absl::Span<const std::optional<BarLabel>> labels,
                                      size_t sequence) {
  Dataset data;
  data.sequence_ = sequence;
  data.first_candle_ = feature_set.warm_up();
  AIFX_RETURN_IF_ERROR(feature_set.Build(input, data.matrix_));
  if (feature_set.window_scaling() == features::WindowScaling::kNone) {
    data.values_.assign(data.matrix_.values.begin(), data.matrix_.values.end());
  } else {
    data.ScaleWindows(feature_set.window_scaling());
  }
  for (size_t t = data.first_candle_ + sequence - 1; t < input.candles.size(); ++t) {
    if (labels[t].has_value()) data.samples_.push_back({t, labels[t]->target, labels[t]->end});
  }
  return data;
}

void Dataset::ScaleWindows(features::WindowScaling scaling) {
  windows_differ_ = true;
  const size_t size = sequence_ * columns();
  std::vector<double> window;
  for (size_t row = sequence_ - 1; row < matrix_.rows; ++row) {
    const auto rows = matrix_.values.begin() + ((row + 1 - sequence_) * columns());
    window.assign(rows, rows + size);
    features::ScaleWindow(scaling, columns(), absl::MakeSpan(window));
    values_.insert(values_.end(), window.begin(), window.end());
    newest_rows_.insert(newest_rows_.end(), window.end() - columns(), window.end());
  }
}

absl::Span<const double> Dataset::NewestRow(size_t candle) const {
  if (!windows_differ_) return matrix_.Row(RowOf(candle));
  return absl::MakeConstSpan(newest_rows_).subspan(WindowIndex(candle) * columns(), columns());
}

absl::Span<const float> Dataset::Window(size_t candle) const {
  const size_t stride = windows_differ_ ? sequence_ * columns() : columns();
  return absl::MakeConstSpan(values_).subspan(WindowIndex(candle) * stride, sequence_ * columns());
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
