#ifndef AIFX_CORE_PIPELINE_UNDEFINED_FEATURE_H_
#define AIFX_CORE_PIPELINE_UNDEFINED_FEATURE_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/features/feature_set.h"
#include "core/pipeline/predictor.h"

// Features that well-formed candles leave undefined (0/0 on flat prices), or so large that the
// model cannot read them. Requests share what is computed of a window, though each has its candles
// under indices of its own.
namespace aifx::pipeline {

// FailedPrecondition, naming the column and the candle, for the first value from `first` on that is
// no finite binary32. REQUIRES: `matrix` was built of the item's window.
absl::Status FindUndefined(const PreparedRequest& item, const features::FeatureMatrix& matrix,
                           size_t first);

// What FindUndefined returned for another request of the same window, as this one's caller should
// read it: InvalidArgument naming `candles[i]` where the candles were given, FailedPrecondition
// (BACKEND_CANDLES_INVALID) where they were fetched. Any other status as it is.
absl::Status InTermsOf(const PreparedRequest& item, const absl::Status& status);

// FailedPrecondition (BACKEND_CANDLES_INVALID): the candles fetched for a request are of no use.
absl::Status UnusableCandles(const PreparedRequest& item, absl::string_view why);

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_UNDEFINED_FEATURE_H_
