#ifndef AIFX_CORE_DATASET_DATASET_H_
#define AIFX_CORE_DATASET_DATASET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/dataset/column_scaler.h"
#include "core/dataset/targets.h"
#include "core/dataset/time_split.h"
#include "core/features/feature_set.h"
#include "core/macro/event_features.h"
#include "core/macro/fundamental_features.h"
#include "core/market/candle.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"

namespace aifx::dataset {

// What a data set is made like.
struct DatasetSpec {
  market::CurrencyPair pair;
  market::Timeframe timeframe = market::Timeframe::k1Hour;
  const features::FeatureSet* set = &features::DefaultFeatureSet();
  size_t sequence = 60;  // candles of a window; >= 1
  TargetRule targets;
  SplitRule split;
  bool scaled = true;  // false: values as computed; the scalers are fitted all the same

  // Whether each window is scaled by itself, as the set asks for (raw-ohlcv): nothing is learned.
  bool scales_windows() const { return set->window_scaling() != features::WindowScaling::kNone; }
};

// What it is made from.
struct DatasetInputs {
  absl::Span<const market::Candle> candles;
  size_t first = 0;  // candles before this one only fill windows and warm-up
  // Of the pairs that the feature set uses too (FeatureSet::ContextPairs).
  absl::Span<const features::ContextSeries> context = {};
  // Absent: the data set is without them. They outlive the call alone.
  const macro::FundamentalFeatures* fundamentals = nullptr;
  const macro::EventFeatures* events = nullptr;
};

// One sample: the window that ends at a candle, and its answers.
struct Row {
  size_t candle = 0;
  absl::Time as_of;        // when that candle closed: what the row knows, was known then
  absl::Time horizon_end;  // when the horizon's last candle closed
  absl::Time barrier_end;  // when the triple barrier's answer was known
  Target target;
};

// Why candles gave no row.
struct LeftOut {
  int64_t without_target = 0;  // the horizon is not complete, or ATR(14) is 0
  int64_t undefined = 0;       // the window holds a value that is undefined (0/0, no volume)
  // Candles by column that have such a value; in the order of the set's columns.
  std::vector<int64_t> undefined_candles;
};

// Rows whose window, or whose horizon, lies over candles that are missing while the market was
// open. They are kept, as training keeps them.
struct OverGaps {
  int64_t windows = 0;
  int64_t horizons = 0;
};

// A multi-input data set in memory. Every candle's features are held once, however many windows
// overlap there. Immutable and thread-safe.
class Dataset {
 public:
  // OutOfRange, with the numbers, where there are too few candles;
  // FailedPrecondition where no window is without an undefined value; the errors of SplitByTime
  // and of the feature set. REQUIRES: candles passed market::ValidateCandles; ranges of the spec
  // hold.
  static absl::StatusOr<Dataset> Build(const DatasetSpec& spec, const DatasetInputs& inputs);

  const DatasetSpec& spec() const { return spec_; }
  // All samples in time order, also those that no part has.
  absl::Span<const Row> rows() const { return rows_; }
  const TimeSplit& split() const { return split_; }
  const LeftOut& left_out() const { return left_out_; }
  const OverGaps& over_gaps() const { return over_gaps_; }

  // The window of a row as [sequence, columns of the set], oldest candle first: a view of what is
  // held, or, where windows are scaled one by one, of `scratch`.
  absl::Span<const float> Window(const Row& row, std::vector<float>& scratch) const;
  // The values of fundamental-v1 without its masks, the masks (1: known), and event-v1, one row a
  // sample; without a row where the inputs had none. Scaled like the windows.
  const features::FeatureMatrix& fundamental() const { return fundamental_; }
  const features::FeatureMatrix& fundamental_mask() const { return fundamental_mask_; }
  const features::FeatureMatrix& event() const { return event_; }
  bool has_fundamental() const { return fundamental_scaler_.has_value(); }
  bool has_event() const { return event_scaler_.has_value(); }

  // Learned from the training part alone: technical from every candle of its windows, once; the
  // others from its rows. None for windows that are scaled one by one.
  const std::optional<ColumnScaler>& technical_scaler() const { return technical_scaler_; }
  const std::optional<ColumnScaler>& fundamental_scaler() const { return fundamental_scaler_; }
  const std::optional<ColumnScaler>& event_scaler() const { return event_scaler_; }

 private:
  explicit Dataset(const DatasetSpec& spec) : spec_(spec) {}

  absl::Status CheckCount(const DatasetInputs& inputs) const;
  // The first candle that may have a row.
  size_t FirstRow(const DatasetInputs& inputs) const;
  void AddRows(const DatasetInputs& inputs, const features::FeatureMatrix& technical);
  absl::Status CheckRows(const DatasetInputs& inputs) const;
  absl::Status Split(const DatasetInputs& inputs);
  void AddMacro(const DatasetInputs& inputs);
  void CountGaps(absl::Span<const market::Candle> candles);
  void ScaleTechnical(features::FeatureMatrix technical);
  std::vector<size_t> TrainedCandles() const;

  DatasetSpec spec_;
  size_t first_candle_ = 0;           // that has features
  std::vector<float> technical_;      // of every candle, scaled; or
  features::FeatureMatrix unscaled_;  // where windows are scaled one by one
  std::vector<Row> rows_;
  TimeSplit split_;
  LeftOut left_out_;
  OverGaps over_gaps_;
  features::FeatureMatrix fundamental_, fundamental_mask_, event_;
  std::optional<ColumnScaler> technical_scaler_, fundamental_scaler_, event_scaler_;
};

}  // namespace aifx::dataset

#endif  // AIFX_CORE_DATASET_DATASET_H_
