#ifndef AIFX_TESTS_SUPPORT_TINY_MODEL_H_
#define AIFX_TESTS_SUPPORT_TINY_MODEL_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/status_macros.h"
#include "core/features/feature_set.h"
#include "core/model/golden.h"
#include "core/model/manifest.h"
#include "core/model/torchscript_archive.h"
#include "core/model/torchscript_runtime.h"

namespace aifx::testing {

// A version small enough to write, break and load a thousand times: logits are a linear function of
// the newest row's first column, logit[c] = weight[c] * x + bias[c].
struct TinyModel {
  model::Manifest manifest;
  std::vector<float> weight = {-1.0f, 0.0f, 1.0f};
  std::vector<float> bias = {0.25f, 0.5f, 0.125f};
  std::string program = R"(
def forward(self, x: Tensor) -> Tensor:
    return torch.linear(x[:, -1], self.weight, self.bias)
)";
  model::GoldenWindow golden;

  // The version's files; break one before it is added to a store.
  absl::StatusOr<std::map<std::string, std::string>> Files() const {
    const int64_t columns = manifest.features;
    const auto classes = static_cast<int64_t>(weight.size());
    model::NamedTensor matrix{"weight", {classes, columns}, {}, true};
    matrix.values.resize(static_cast<size_t>(classes * columns), 0.0f);
    for (size_t c = 0; c < weight.size(); ++c) {
      matrix.values[c * static_cast<size_t>(columns)] = weight[c];
    }
    const model::NamedTensor vector{"bias", {classes}, bias, true};
    AIFX_ASSIGN_OR_RETURN(const std::string archive,
                          model::WriteTorchScript({matrix, vector}, program));
    return std::map<std::string, std::string>{{model::kTorchScriptFile, archive},
                                              {model::kGoldenFile, model::GoldenToJson(golden)}};
  }
};

// A triple-barrier version for EUR/USD 1h over the default feature set, complete in itself.
inline TinyModel MakeTinyModel(int64_t version = 20180612100000, int64_t sequence = 4) {
  const features::FeatureSet& set = features::DefaultFeatureSet();
  TinyModel tiny;
  model::Manifest& m = tiny.manifest;
  m.name = "eurusd-1h";
  m.version = version;
  m.runtime = "torchscript";
  m.description = "a test's own";
  m.algorithm = "linear";
  m.pair = "EUR/USD";
  m.timeframe = "1h";
  m.feature_set = set.name();
  m.feature_set_hash = set.hash();
  m.sequence = sequence;
  m.features = static_cast<int64_t>(set.columns().size());
  m.scaler.mean.assign(set.columns().size(), 0.0);
  m.scaler.deviation.assign(set.columns().size(), 1.0);
  m.label = model::Label::kTripleBarrier;
  m.classes = {"sell", "hold", "buy"};
  m.horizon_bars = 24;
  m.calibration.intercept = {0.0, 0.0, 0.0};
  m.calibration.calibrated_at = absl::FromUnixSeconds(1528797600);
  m.decision.min_edge = 0.05;
  m.importance.assign(set.columns().size(), 0.0);
  m.importance[0] = 1.0;
  m.metrics = nlohmann::json::object();
  m.hyperparameters = nlohmann::json::object();
  m.trained_from = absl::FromUnixSeconds(1500000000);
  m.trained_until = absl::FromUnixSeconds(1528797600);
  tiny.golden.input.assign(static_cast<size_t>(m.sequence * m.features), 0.0f);
  tiny.golden.input[static_cast<size_t>((m.sequence - 1) * m.features)] = 0.5f;
  for (size_t c = 0; c < tiny.weight.size(); ++c) {
    tiny.golden.logits.push_back(tiny.weight[c] * 0.5f + tiny.bias[c]);
  }
  return tiny;
}

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_TINY_MODEL_H_
