#ifndef AIFX_CORE_SERVING_WARM_UP_H_
#define AIFX_CORE_SERVING_WARM_UP_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/model/model.h"

namespace aifx::serving {

// Runs the model twice at each of `batches` on windows of zeros, so that what is set up at a first
// run (memory, kernels chosen by shape) is there before the first request. FailedPrecondition
// names the batch size that failed.
absl::Status WarmUp(const model::Model& model, absl::Span<const size_t> batches);

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_WARM_UP_H_
