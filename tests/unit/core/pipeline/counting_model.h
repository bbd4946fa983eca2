#ifndef AIFX_TESTS_UNIT_CORE_PIPELINE_COUNTING_MODEL_H_
#define AIFX_TESTS_UNIT_CORE_PIPELINE_COUNTING_MODEL_H_

#include <atomic>
#include <functional>
#include <limits>
#include <utility>

#include "tests/support/fake_model.h"

namespace aifx::pipeline {

// A FakeModel that counts the rows it computes. Where `failure` is not OK, it fails with that; as
// the real runtimes do, it fails a whole run where one of its values is too large.
class CountingModel final : public model::Model {
 public:
  explicit CountingModel(model::Manifest manifest) : model_(std::move(manifest)) {}

  const model::Manifest& manifest() const override { return model_.manifest(); }
  const std::string& kernel() const override { return model_.kernel(); }
  absl::Status Run(const model::WindowBatch& windows, absl::Span<float> logits) const override {
    rows += static_cast<int>(windows.batch);
    if (on_run) on_run();
    for (const float value : windows.values) {
      if (value > limit) return absl::InternalError("a logit is nan, not finite");
    }
    return failure.ok() ? model_.Run(windows, logits) : failure;
  }

  mutable std::atomic<int> rows{0};
  absl::Status failure;
  std::function<void()> on_run;
  float limit = std::numeric_limits<float>::max();

 private:
  const testing::FakeModel model_;
};

}  // namespace aifx::pipeline

#endif  // AIFX_TESTS_UNIT_CORE_PIPELINE_COUNTING_MODEL_H_
