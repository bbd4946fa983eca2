#ifndef AIFX_TESTS_UNIT_CORE_PIPELINE_COUNTING_MODEL_H_
#define AIFX_TESTS_UNIT_CORE_PIPELINE_COUNTING_MODEL_H_

#include <atomic>
#include <utility>

#include "tests/support/fake_model.h"

namespace aifx::pipeline {

// A FakeModel that counts the rows it computes. Where `failure` is not OK, it fails with that.
class CountingModel final : public model::Model {
 public:
  explicit CountingModel(model::Manifest manifest) : model_(std::move(manifest)) {}

  const model::Manifest& manifest() const override { return model_.manifest(); }
  const std::string& kernel() const override { return model_.kernel(); }
  absl::Status Run(const model::WindowBatch& windows, absl::Span<float> logits) const override {
    rows += static_cast<int>(windows.batch);
    return failure.ok() ? model_.Run(windows, logits) : failure;
  }

  mutable std::atomic<int> rows{0};
  absl::Status failure;

 private:
  const testing::FakeModel model_;
};

}  // namespace aifx::pipeline

#endif  // AIFX_TESTS_UNIT_CORE_PIPELINE_COUNTING_MODEL_H_
