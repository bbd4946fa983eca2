#ifndef AIFX_TESTS_BENCH_BENCH_MODEL_H_
#define AIFX_TESTS_BENCH_BENCH_MODEL_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "core/model/model.h"
#include "core/model/model_store.h"

// The model of the figures, and what it costs without a server.
namespace aifx::bench {

// The name under which TrainModel leaves its version.
inline constexpr char kModelName[] = "eurusd-1h";

// Trains the default network on the sample candles for one epoch and makes it active; its speed
// does not depend on its weights. Returns its version.
absl::StatusOr<int64_t> TrainModel(const model::ModelStore& store);

// The same version computed by LibTorch.
absl::StatusOr<std::shared_ptr<const model::Model>> OpenWithLibTorch(const model::ModelStore& store,
                                                                     const model::Model& model);

// Median microseconds of one call of `function`, repeated for `seconds`.
double MedianMicroseconds(double seconds, const std::function<void()>& function);

// Median microseconds of a forward pass of `batch` rows, and of the features of one window.
double ForwardMicroseconds(const model::Model& model, size_t batch, double seconds);
double FeaturesMicroseconds(const model::Model& model, double seconds);

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_BENCH_MODEL_H_
