#ifndef AIFX_CORE_MODEL_PRECISION_RECORD_H_
#define AIFX_CORE_MODEL_PRECISION_RECORD_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/model/manifest.h"

namespace aifx::model {

// What a precision below float32 costs a model, measured by training on windows that it did not
// learn from; kept in the manifest's metrics as `precision.<name>`. Probabilities are calibrated.
struct PrecisionRecord {
  std::string kernel;  // what computed, such as "lstm-int8-vnni"
  int64_t windows = 0;
  double largest_difference = 0;  // of a probability from float32's
  double mean_difference = 0;     // of all probabilities, absolute
  double changed_signals = 0;     // share of windows whose signal is another: buy, sell or hold
};

// What may serve: a probability moves by two points at most, and at most one signal in fifty is
// another.
inline constexpr double kLargestProbabilityDifference = 0.02;
inline constexpr double kMostChangedSignals = 0.02;

// Compares probabilities [windows, classes], row-major, under the manifest's decision rule without
// levels: a direction that is likelier than every other class and beats the other one by min_edge.
// REQUIRES: both have the same size, at least one window.
PrecisionRecord ComparePrecision(const Manifest& manifest, const std::string& kernel,
                                 absl::Span<const double> float32, absl::Span<const double> narrow);

nlohmann::json ToJson(const PrecisionRecord& record);

// Whether the manifest's record lets `precision` serve. FailedPrecondition, with the figure, where
// there is none or it exceeds the bounds above. Float32 needs none.
absl::Status CheckPrecisionRecord(const Manifest& manifest, Precision precision);

// The largest logit difference that cannot move a calibrated probability by more than
// kLargestProbabilityDifference (softmax has slopes of a half at most by the largest difference),
// and at most 0.25, so that a flat calibration does not let any answer pass.
double NarrowLogitTolerance(const Manifest& manifest);

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_PRECISION_RECORD_H_
