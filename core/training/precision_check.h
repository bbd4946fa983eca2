#ifndef AIFX_CORE_TRAINING_PRECISION_CHECK_H_
#define AIFX_CORE_TRAINING_PRECISION_CHECK_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/model/manifest.h"
#include "core/training/dataset.h"

namespace aifx::training {

// What each precision below float32 would cost the model of `archive`, on samples that it did not
// learn from: {"bf16": PrecisionRecord, "int8": PrecisionRecord} for the manifest's
// metrics.precision, with {"refused": why} where a kernel cannot serve it at all. The calibration
// and the decision rule are the manifest's. CANCELLED when `is_cancelled` says so; the errors of
// OpenLstm in float32. REQUIRES: at least one sample.
absl::StatusOr<nlohmann::json> MeasurePrecisions(const model::Manifest& manifest,
                                                 const std::string& archive, const Dataset& data,
                                                 absl::Span<const Sample> samples,
                                                 const std::function<bool()>& is_cancelled);

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_PRECISION_CHECK_H_
