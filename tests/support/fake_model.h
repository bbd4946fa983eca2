#ifndef AIFX_TESTS_SUPPORT_FAKE_MODEL_H_
#define AIFX_TESTS_SUPPORT_FAKE_MODEL_H_

#include <string>
#include <utility>
#include <vector>

#include "core/features/feature_set.h"
#include "core/model/model.h"

namespace aifx::testing {

// A manifest that passes every check: EUR/USD 1h, the default feature set, sequence 4, triple
// barrier over 8 bars, no least edge.
// Makes the manifest one of a model that reads that set.
inline void SetFeatureSet(const features::FeatureSet& set, model::Manifest& manifest) {
  const size_t columns = set.columns().size();
  manifest.feature_set = set.name();
  manifest.feature_set_hash = set.hash();
  manifest.features = static_cast<int64_t>(columns);
  manifest.scaler = {std::vector<double>(columns, 0.0), std::vector<double>(columns, 1.0)};
  manifest.importance.assign(columns, 1.0 / static_cast<double>(columns));
}

inline model::Manifest FakeManifest(std::string name = "eurusd-1h",
                                    int64_t version = 20180612100000) {
  model::Manifest manifest;
  SetFeatureSet(features::DefaultFeatureSet(), manifest);
  manifest.name = std::move(name);
  manifest.version = version;
  manifest.runtime = "torchscript";
  manifest.algorithm = "lstm";
  manifest.pair = "EUR/USD";
  manifest.timeframe = "1h";
  manifest.sequence = 4;
  manifest.label = model::Label::kTripleBarrier;
  manifest.classes = {"sell", "hold", "buy"};
  manifest.horizon_bars = 8;
  manifest.calibration = {1.0, {0, 0, 0}, absl::FromUnixSeconds(1500000000)};
  manifest.metrics = nlohmann::json::object();
  manifest.hyperparameters = nlohmann::json::object();
  manifest.trained_from = absl::FromUnixSeconds(1400000000);
  manifest.trained_until = absl::FromUnixSeconds(1500000000);
  return manifest;
}

// A model without LibTorch: each class's logit is a plain function of the whole window, so that a
// change of any input value changes the answer. Deterministic at every batch size.
class FakeModel final : public model::Model {
 public:
  explicit FakeModel(model::Manifest manifest) : manifest_(std::move(manifest)) {}

  const model::Manifest& manifest() const override { return manifest_; }
  const std::string& kernel() const override { return kernel_; }

  absl::Status Run(const model::WindowBatch& windows, absl::Span<float> logits) const override {
    const size_t classes = manifest_.classes.size();
    const size_t window = windows.values.size() / windows.batch;
    for (size_t row = 0; row < windows.batch; ++row) {
      float sum = 0;
      for (size_t i = 0; i < window; ++i) sum += windows.values[row * window + i] * Weight(i);
      for (size_t c = 0; c < classes; ++c) {
        logits[row * classes + c] = sum * (static_cast<float>(c) - 1.0f);
      }
      logits[row * classes + classes - 1] += bias;
    }
    return absl::OkStatus();
  }

  absl::Status Gradient(const model::WindowBatch& windows, absl::Span<const float> direction,
                        absl::Span<float> outputs, absl::Span<float> gradients) const override {
    const size_t window = windows.values.size() / windows.batch;
    std::vector<float> logits(windows.batch * direction.size());
    const absl::Status status = Run(windows, absl::MakeSpan(logits));
    if (!status.ok()) return status;
    float slope = 0;
    for (size_t c = 0; c < direction.size(); ++c) {
      slope += direction[c] * (static_cast<float>(c) - 1.0f);
    }
    for (size_t i = 0; i < gradients.size(); ++i) gradients[i] = slope * Weight(i % window);
    for (size_t row = 0; row < windows.batch; ++row) {
      outputs[row] = 0;
      for (size_t c = 0; c < direction.size(); ++c) {
        outputs[row] += direction[c] * logits[row * direction.size() + c];
      }
    }
    return absl::OkStatus();
  }

  float bias = 0;  // added to the last class: makes it likelier

 private:
  // Of the window's value at `i` in the sum.
  static float Weight(size_t i) { return static_cast<float>(i % 7 + 1) * 0.01f; }

  model::Manifest manifest_;
  std::string kernel_ = "fake";
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_FAKE_MODEL_H_
