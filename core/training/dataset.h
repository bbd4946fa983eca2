#ifndef AIFX_CORE_TRAINING_DATASET_H_
#define AIFX_CORE_TRAINING_DATASET_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"
#include "core/market/candle.h"
#include "core/training/labels.h"

namespace aifx::training {

// One window with its answer.
struct Sample {
  size_t candle = 0;  // the newest candle of the window
  int target = 0;     // class
  size_t end = 0;     // the newest candle that the answer depends on
};

// Features of a whole series, computed once; windows are views into it, but for sets that scale
// each window (sequence times the memory). Immutable, thread-safe.
class Dataset {
 public:
  // Samples are all candles with a label and `sequence` rows of features up to them, in time
  // order. The feature set's errors. REQUIRES: labels.size() == input.candles.size(), sequence
  // >= 1.
  static absl::StatusOr<Dataset> Make(const features::FeatureInput& input,
                                      const features::FeatureSet& feature_set,
                                      absl::Span<const std::optional<BarLabel>> labels,
                                      size_t sequence);

  absl::Span<const Sample> samples() const { return samples_; }
  size_t sequence() const { return sequence_; }
  size_t columns() const { return matrix_.columns; }
  const features::FeatureMatrix& matrix() const { return matrix_; }
  // The matrix' row of a candle. REQUIRES: the candle is at or behind the first sample's window.
  size_t RowOf(size_t candle) const { return candle - first_candle_; }

  // The newest row of the window that ends at `candle`, as its model sees it.
  absl::Span<const double> NewestRow(size_t candle) const;

  // The window that ends at `candle` as its model sees it, float32, [sequence, columns], row-major:
  // a view.
  absl::Span<const float> Window(size_t candle) const;

 private:
  void ScaleWindows(features::WindowScaling scaling);
  // Of the windows, in the order of their newest candles.
  size_t WindowIndex(size_t candle) const { return RowOf(candle) + 1 - sequence_; }

  size_t sequence_ = 0;
  size_t first_candle_ = 0;  // the candle of row 0
  features::FeatureMatrix matrix_;
  // Window scaling, as the set says: then every window has rows of its own.
  bool windows_differ_ = false;
  std::vector<double> newest_rows_;  // of each window; empty where they are the matrix' rows
  std::vector<float> values_;        // the matrix as float32, or the windows one after the other
  std::vector<Sample> samples_;
};

// The series in time order: weights are fitted on `fit`, their number of epochs is chosen on
// `stop`, probabilities are calibrated on `calibration`, and the result is judged on `gate`, once.
struct TimeSplit {
  std::vector<Sample> fit, stop, calibration, gate;
  size_t purged = 0;  // samples left out because their label ends in the next slice
};

struct SplitShares {
  double fit = 0.65, stop = 0.10, calibration = 0.10;  // the gate has the rest
};

// Cuts samples (in time order) by count, then drops from each slice every sample whose own label
// ends at or after the first candle of the next slice.
TimeSplit SplitByTime(absl::Span<const Sample> samples, const SplitShares& shares = {});

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_DATASET_H_
