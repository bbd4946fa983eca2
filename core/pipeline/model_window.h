#ifndef AIFX_CORE_PIPELINE_MODEL_WINDOW_H_
#define AIFX_CORE_PIPELINE_MODEL_WINDOW_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"
#include "core/pipeline/predictor.h"

namespace aifx::pipeline {

// What the model of a prepared request sees: its feature rows [sequence, features], row-major,
// built in `matrix` and valid until that changes; all of them are finite as binary32. The errors of
// FindUndefined, or the feature set's where they cannot be built.
absl::StatusOr<absl::Span<const double>> BuildModelWindow(const PreparedRequest& item,
                                                          features::FeatureMatrix& matrix);

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_MODEL_WINDOW_H_
