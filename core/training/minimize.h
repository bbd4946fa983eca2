#ifndef AIFX_CORE_TRAINING_MINIMIZE_H_
#define AIFX_CORE_TRAINING_MINIMIZE_H_

#include <functional>
#include <vector>

#include "absl/types/span.h"

namespace aifx::training {

// The value at `x`; writes the gradient (as long as x) to `gradient`.
using Objective = std::function<double(absl::Span<const double> x, absl::Span<double> gradient)>;

// A minimum of a smooth convex function by L-BFGS (Nocedal and Wright 2006, algorithm 7.5, ten
// pairs, backtracking line search). Stops where no gradient component exceeds `tolerance`, where
// no step lowers the value any more, or after `max_iterations`. Deterministic.
std::vector<double> Minimize(const Objective& objective, std::vector<double> start,
                             double tolerance = 1e-7, int max_iterations = 500);

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_MINIMIZE_H_
