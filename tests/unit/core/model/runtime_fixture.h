#ifndef AIFX_TESTS_UNIT_CORE_MODEL_RUNTIME_FIXTURE_H_
#define AIFX_TESTS_UNIT_CORE_MODEL_RUNTIME_FIXTURE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/features/feature_set.h"
#include "core/model/lstm_weights.h"
#include "core/model/manifest.h"
#include "tests/support/random_lstm.h"
#include "tests/support/tiny_model.h"

// One small LSTM for every runtime: the engine's own network over the default feature set, with
// random weights.
namespace aifx::model {

inline constexpr size_t kRuntimeSequence = 12;

inline LstmWeights RuntimeWeights() {
  const size_t columns = features::DefaultFeatureSet().columns().size();
  testing::RandomLstm random;
  LstmWeights weights = random.Network({"runtime", columns, 32, 16, 8, 3});
  // As trained ones are: an eighth of the inputs' sum would saturate every gate else.
  for (LstmLayerWeights* layer : {&weights.layer1, &weights.layer2}) {
    for (float& weight : layer->input) weight *= 0.25f;
  }
  // A column whose scaled value is plain to see although its own is too small to be normal.
  weights.scaler_mean[0] = 0;
  weights.scaler_deviation[0] = 1e-37f;
  return weights;
}

inline Manifest RuntimeManifest(const std::string& runtime) {
  Manifest manifest = testing::MakeTinyModel(20180612100000, kRuntimeSequence).manifest;
  manifest.runtime = runtime;
  manifest.deterministic = LstmPrecision(runtime).has_value();
  return manifest;
}

// `batch` windows, the same in every call; the first column is zero.
inline std::vector<float> RuntimeWindows(size_t batch) {
  const size_t columns = features::DefaultFeatureSet().columns().size();
  std::vector<float> windows = testing::RandomLstm().Values(batch * kRuntimeSequence * columns, 2);
  for (size_t i = 0; i < windows.size(); i += columns) windows[i] = 0;
  return windows;
}

// The archive that a runtime opens. Unavailable where it needs a tool that is not there: a package
// of machine code can only be compiled by PyTorch, which AIFX_TORCH_PYTHON (a Python interpreter)
// has to have. Made once a process.
absl::StatusOr<std::string> RuntimeArchive(const std::string& runtime);

}  // namespace aifx::model

#endif  // AIFX_TESTS_UNIT_CORE_MODEL_RUNTIME_FIXTURE_H_
