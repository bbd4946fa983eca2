#ifndef AIFX_CORE_FEATURES_WINDOW_SCALING_H_
#define AIFX_CORE_FEATURES_WINDOW_SCALING_H_

#include <cstddef>

#include "absl/types/span.h"
#include "core/features/feature_set.h"

namespace aifx::features {

// Scales the rows of one window, row-major, in place, as the set that they are of asks for
// (FeatureSet::window_scaling). Training and serving call it for every window of a model.
void ScaleWindow(WindowScaling scaling, size_t columns, absl::Span<double> window);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_WINDOW_SCALING_H_
