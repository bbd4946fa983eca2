#ifndef AIFX_CORE_TRAINING_BASELINES_H_
#define AIFX_CORE_TRAINING_BASELINES_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "core/features/scaler.h"
#include "core/market/candle.h"
#include "core/training/dataset.h"

namespace aifx::training {

// What a network must beat. Each is fitted on the fit slice and gives probabilities
// [samples, classes], row-major, for another one.

// The classes' frequencies (with one added to each count), the same for every sample.
std::vector<double> BaseRate(absl::Span<const Sample> fit, absl::Span<const Sample> samples,
                             size_t classes);

// The classes' frequencies given whether the close rose over the last `horizon` candles.
std::vector<double> Persistence(absl::Span<const market::Candle> candles, size_t horizon,
                                absl::Span<const Sample> fit, absl::Span<const Sample> samples,
                                size_t classes);

// Multinomial logistic regression on the scaled features of the window's newest row, with a ridge
// penalty of `ridge` / 2 * |weights|^2 on the mean log-loss (not on the intercepts).
std::vector<double> Logistic(const Dataset& data, const features::Scaler& scaler,
                             absl::Span<const Sample> fit, absl::Span<const Sample> samples,
                             size_t classes, double ridge = 1e-3);

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_BASELINES_H_
