#ifndef AIFX_CORE_MODEL_MODEL_CHECK_H_
#define AIFX_CORE_MODEL_MODEL_CHECK_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"
#include "core/model/manifest.h"
#include "core/model/model.h"

// What every runtime checks around its arithmetic; the errors are those of Model::Run.
namespace aifx::model {

// Sizes against the manifest, then every value; `feature_set` names the columns.
absl::Status CheckWindows(const Manifest& manifest, const features::FeatureSet& feature_set,
                          const WindowBatch& windows, size_t logits_size);

// The same for Model::Gradient.
absl::Status CheckGradient(const Manifest& manifest, const features::FeatureSet& feature_set,
                           const WindowBatch& windows, absl::Span<const float> direction,
                           absl::Span<const float> outputs, absl::Span<const float> gradients);

// INTERNAL, naming window and class, for the first logit that is not finite.
absl::Status CheckLogits(const Manifest& manifest, absl::Span<const float> logits);

// Runs zeros in batches of one and two, which shows a wrong shape before the golden window is even
// looked at. FailedPrecondition with what Run says.
absl::Status TrialRun(const Model& model);

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_MODEL_CHECK_H_
