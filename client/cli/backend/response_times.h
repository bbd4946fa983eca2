#ifndef AIFX_CLIENT_CLI_BACKEND_RESPONSE_TIMES_H_
#define AIFX_CLIENT_CLI_BACKEND_RESPONSE_TIMES_H_

#include <vector>

#include "absl/time/time.h"

namespace aifx::cli {

// The smallest of `times` that at least `share` (0..1) of them do not exceed: the nearest-rank
// percentile. Zero where there are none.
absl::Duration Percentile(std::vector<absl::Duration> times, double share);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_BACKEND_RESPONSE_TIMES_H_
