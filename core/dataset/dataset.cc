#include "core/dataset/dataset.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/features/window_scaling.h"
#include "core/macro/fundamental_columns.h"
#include "core/market/gaps.h"

namespace aifx::dataset {
namespace {

using features::FeatureMatrix;

// Which candles have an undefined value; `by_column` counts them.
std::vector<bool> FindUndefined(const FeatureMatrix& matrix, size_t first_row,
                                std::vector<int64_t>& by_column) {
  std::vector<bool> undefined(matrix.rows);
  by_column.assign(matrix.columns, 0);
  for (size_t r = 0; r < matrix.rows; ++r) {
    const absl::Span<const double> row = matrix.Row(r);
    for (size_t c = 0; c < row.size(); ++c) {
      if (std::isfinite(row[c])) continue;
      undefined[r] = true;
      if (r >= first_row) ++by_column[c];
    }
  }
  return undefined;
}

FeatureMatrix Columns(const FeatureMatrix& matrix, size_t first, size_t count) {
  FeatureMatrix some{.rows = matrix.rows, .columns = count};
  some.values.reserve(matrix.rows * count);
  for (size_t r = 0; r < matrix.rows; ++r) {
    const absl::Span<const double> row = matrix.Row(r).subspan(first, count);
    some.values.insert(some.values.end(), row.begin(), row.end());
  }
  return some;
}

void ScaleAll(const ColumnScaler& scaler, FeatureMatrix& matrix) {
  for (size_t i = 0; i < matrix.values.size(); ++i) {
    matrix.values[i] = scaler.Scale(matrix.values[i], i % matrix.columns);
  }
}

}  // namespace

absl::StatusOr<Dataset> Dataset::Build(const DatasetSpec& spec, const DatasetInputs& inputs) {
  Dataset data(spec);
  AIFX_RETURN_IF_ERROR(data.CheckCount(inputs));
  FeatureMatrix technical;
  AIFX_RETURN_IF_ERROR(spec.set->Compute({inputs.candles, &spec.pair, inputs.context}, technical));
  data.first_candle_ = spec.set->warm_up();
  data.AddRows(inputs, technical);
  AIFX_RETURN_IF_ERROR(data.CheckRows(inputs));
  data.CountGaps(inputs.candles);
  AIFX_RETURN_IF_ERROR(data.Split(inputs));
  data.ScaleTechnical(std::move(technical));
  data.AddMacro(inputs);
  return data;
}

absl::Status Dataset::CheckCount(const DatasetInputs& inputs) const {
  const size_t needed =
      spec_.set->CandlesNeeded(spec_.sequence) + static_cast<size_t>(spec_.targets.horizon_bars);
  if (inputs.candles.size() >= needed && inputs.candles.size() > inputs.first) {
    return absl::OkStatus();
  }
  return absl::OutOfRangeError(
      absl::StrCat(inputs.candles.size(), " candles are too few: ", spec_.set->name(),
                   " with a sequence of ", spec_.sequence, " and a horizon of ",
                   spec_.targets.horizon_bars, " needs ", needed, " for one row"));
}

size_t Dataset::FirstRow(const DatasetInputs& inputs) const {
  return std::max(inputs.first, first_candle_ + spec_.sequence - 1);
}

void Dataset::AddRows(const DatasetInputs& inputs, const FeatureMatrix& technical) {
  const size_t first = FirstRow(inputs);
  const size_t first_row = first + 1 - spec_.sequence - first_candle_;
  const std::vector<bool> undefined =
      FindUndefined(technical, first_row, left_out_.undefined_candles);
  // How many candles in a row, up to the one before `first`, have all values.
  size_t defined = 0;
  for (size_t r = first_row; r + first_candle_ < first; ++r)
    defined = undefined[r] ? 0 : defined + 1;
  rows_.reserve(inputs.candles.size() - first);
  const auto close_time = [&](size_t candle) {
    return market::CloseTime(spec_.timeframe, inputs.candles[candle].open_time);
  };
  for (size_t t = first; t < inputs.candles.size(); ++t) {
    defined = undefined[t - first_candle_] ? 0 : defined + 1;
    if (defined < spec_.sequence) {
      ++left_out_.undefined;
      continue;
    }
    const std::optional<Target> target = TargetAt(inputs.candles, t, spec_.targets);
    if (!target.has_value()) {
      ++left_out_.without_target;
      continue;
    }
    rows_.push_back({.candle = t,
                     .as_of = close_time(t),
                     .horizon_end = close_time(t + static_cast<size_t>(spec_.targets.horizon_bars)),
                     .barrier_end = close_time(target->touch.end),
                     .target = *target});
  }
}

absl::Status Dataset::CheckRows(const DatasetInputs& inputs) const {
  if (!rows_.empty()) return absl::OkStatus();
  const auto& counts = left_out_.undefined_candles;
  const auto most = std::max_element(counts.begin(), counts.end());
  if (left_out_.undefined == 0 || *most == 0) {
    return absl::OutOfRangeError(absl::StrCat(
        inputs.candles.size(), " candles give no row: the horizon of ", spec_.targets.horizon_bars,
        " candles is complete for none of them, or the price never moves"));
  }
  const std::string& name = spec_.set->columns()[static_cast<size_t>(most - counts.begin())].name;
  return absl::FailedPreconditionError(absl::StrCat(
      "no window of ", spec_.sequence, " candles has all columns of ", spec_.set->name(), ": ",
      name, " is undefined for ", *most, " candles",
      name == "volume" ? " (the candles have no volume; choose a set without it)" : ""));
}

absl::Status Dataset::Split(const DatasetInputs& inputs) {
  std::vector<RowTime> times;
  times.reserve(rows_.size());
  for (const Row& row : rows_) {
    times.push_back({row.as_of, spec_.targets.to_horizon() ? row.horizon_end : row.barrier_end});
  }
  std::vector<absl::Time> closes;
  const size_t end = inputs.candles.size() - static_cast<size_t>(spec_.targets.horizon_bars);
  for (size_t t = FirstRow(inputs); t < end; ++t) {
    closes.push_back(market::CloseTime(spec_.timeframe, inputs.candles[t].open_time));
  }
  AIFX_ASSIGN_OR_RETURN(split_,
                        SplitByTime({.rows = times,
                                     .closes = closes,
                                     .row_candles = spec_.set->CandlesWanted(spec_.sequence)},
                                    spec_.split));
  return absl::OkStatus();
}

void Dataset::CountGaps(absl::Span<const market::Candle> candles) {
  // Gaps up to each candle, itself included.
  std::vector<int64_t> gaps(candles.size());
  const absl::Duration step = market::TimeframeDuration(spec_.timeframe);
  for (size_t i = 1; i < candles.size(); ++i) {
    const absl::Time before = candles[i - 1].open_time, after = candles[i].open_time;
    const bool gap =
        after - before != step && market::MissingBetween(before, after, spec_.timeframe) > 0;
    gaps[i] = gaps[i - 1] + (gap ? 1 : 0);
  }
  for (const Row& row : rows_) {
    const size_t oldest = row.candle + 1 - spec_.sequence;
    const size_t last = row.candle + static_cast<size_t>(spec_.targets.horizon_bars);
    if (gaps[row.candle] > gaps[oldest]) ++over_gaps_.windows;
    if (gaps[last] > gaps[row.candle]) ++over_gaps_.horizons;
  }
}

std::vector<size_t> Dataset::TrainedCandles() const {
  std::vector<size_t> candles;
  size_t next = 0;  // the first candle that is not there yet
  for (const size_t r : split_.of(Part::kTrain).rows) {
    const size_t newest = rows_[r].candle - first_candle_;
    for (size_t i = std::max(next, newest + 1 - spec_.sequence); i <= newest; ++i) {
      candles.push_back(i);
    }
    next = newest + 1;
  }
  return candles;
}

void Dataset::ScaleTechnical(FeatureMatrix technical) {
  if (spec_.scales_windows()) {
    unscaled_ = std::move(technical);
    return;
  }
  technical_scaler_ = ColumnScaler::Fit(Scaling::kStandard, technical, TrainedCandles());
  technical_.resize(technical.values.size());
  for (size_t r = 0; r < technical.rows; ++r) {
    const absl::Span<const double> row = technical.Row(r);
    float* out = technical_.data() + r * technical.columns;
    for (size_t c = 0; c < row.size(); ++c) {
      out[c] = static_cast<float>(spec_.scaled ? technical_scaler_->Scale(row[c], c) : row[c]);
    }
  }
}

void Dataset::AddMacro(const DatasetInputs& inputs) {
  std::vector<absl::Time> times;
  times.reserve(rows_.size());
  for (const Row& row : rows_) times.push_back(row.as_of);
  const std::vector<size_t>& train = split_.of(Part::kTrain).rows;
  if (inputs.fundamentals != nullptr) {
    const FeatureMatrix both = inputs.fundamentals->At(times);
    fundamental_ = Columns(both, 0, macro::kFirstMask);
    fundamental_mask_ = Columns(both, macro::kFirstMask, both.columns - macro::kFirstMask);
    fundamental_scaler_ = ColumnScaler::Fit(Scaling::kMinMax, fundamental_, train);
    if (spec_.scaled) ScaleAll(*fundamental_scaler_, fundamental_);
  }
  if (inputs.events != nullptr) {
    event_ = inputs.events->At(times);
    event_scaler_ = ColumnScaler::Fit(Scaling::kStandard, event_, train);
    if (spec_.scaled) ScaleAll(*event_scaler_, event_);
  }
}

absl::Span<const float> Dataset::Window(const Row& row, std::vector<float>& scratch) const {
  const size_t columns = spec_.set->columns().size();
  const size_t begin = (row.candle - first_candle_ + 1 - spec_.sequence) * columns;
  const size_t size = spec_.sequence * columns;
  if (!spec_.scales_windows()) return absl::MakeConstSpan(technical_).subspan(begin, size);
  std::vector<double> window(unscaled_.values.begin() + static_cast<ptrdiff_t>(begin),
                             unscaled_.values.begin() + static_cast<ptrdiff_t>(begin + size));
  if (spec_.scaled) {
    features::ScaleWindow(spec_.set->window_scaling(), columns, absl::MakeSpan(window));
  }
  scratch.assign(window.begin(), window.end());
  return scratch;
}

}  // namespace aifx::dataset
