#include "client/cli/backend/response_times.h"

#include <algorithm>
#include <cmath>

namespace aifx::cli {

absl::Duration Percentile(std::vector<absl::Duration> times, double share) {
  if (times.empty()) return absl::ZeroDuration();
  std::sort(times.begin(), times.end());
  const double rank = std::ceil(share * static_cast<double>(times.size()) - 1e-9);
  return times[static_cast<size_t>(std::max(rank, 1.0)) - 1];
}

}  // namespace aifx::cli
