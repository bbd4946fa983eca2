#ifndef AIFX_CORE_FEATURES_TECHNICAL_SETS_H_
#define AIFX_CORE_FEATURES_TECHNICAL_SETS_H_

#include "absl/types/span.h"
#include "core/features/technical/technical_set.h"

namespace aifx::features {

// The registered sets that are made of technical indicators. A released set never changes: models
// carry its hash.
absl::Span<const TechnicalSet* const> TechnicalSets();

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_SETS_H_
