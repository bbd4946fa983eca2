#include "core/pipeline/integrated_gradients.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"

namespace aifx::pipeline {
namespace {

using ::aifx::testing::FakeManifest;
using ::aifx::testing::IsOkAndHolds;

// The last logit is the sum of x^4 over the window's first three values, all others are 0.
class QuarticModel final : public model::Model {
 public:
  explicit QuarticModel(model::Manifest manifest) : manifest_(std::move(manifest)) {}

  const model::Manifest& manifest() const override { return manifest_; }
  const std::string& kernel() const override { return kernel_; }
  absl::Status Run(const model::WindowBatch&, absl::Span<float>) const override {
    return absl::UnimplementedError("not used");
  }
  absl::Status Gradient(const model::WindowBatch& windows, absl::Span<const float> direction,
                        absl::Span<float> outputs, absl::Span<float> gradients) const override {
    ++passes;
    const size_t window = windows.values.size() / windows.batch;
    std::fill(gradients.begin(), gradients.end(), 0.0f);
    for (size_t b = 0; b < windows.batch; ++b) {
      outputs[b] = 0;
      for (size_t i = b * window; i < b * window + 3; ++i) {
        const float x = windows.values[i];
        outputs[b] += direction.back() * x * x * x * x;
        gradients[i] = direction.back() * 4 * x * x * x;
      }
    }
    return absl::OkStatus();
  }

  mutable int passes = 0;

 private:
  const model::Manifest manifest_;
  const std::string kernel_ = "quartic";
};

class IntegratedGradientsTest : public ::testing::Test {
 protected:
  IntegratedGradientsTest() {
    model::Manifest manifest = FakeManifest();
    manifest.scaler.mean[1] = 1;
    model_.emplace(manifest);
    window_.assign(static_cast<size_t>(manifest.sequence * manifest.features), 0.0f);
    window_[0] = 2;
    window_[1] = 3;
    window_[2] = -1;
    window_.back() = 9;  // the model ignores it
  }

  absl::StatusOr<Attributions> Explain(int steps) const {
    IntegratedGradients gradients(*model_, window_, direction_, steps);
    while (true) {
      const absl::StatusOr<bool> more = gradients.Advance();
      if (!more.ok()) return more.status();
      if (!*more) return gradients.Take();
    }
  }

  std::optional<QuarticModel> model_;
  std::vector<float> window_;
  const std::vector<float> direction_ = {-1, 0, 1};
};

TEST_F(IntegratedGradientsTest, AttributesToEachValueWhatItMoves) {
  ASSERT_OK_AND_ASSIGN(const Attributions found, Explain(256));
  EXPECT_FLOAT_EQ(found.output_value, 16 + 81 + 1);
  EXPECT_FLOAT_EQ(found.baseline_value, 1);  // the mean of the second column
  EXPECT_NEAR(found.values[0], 16, 1e-2);
  EXPECT_NEAR(found.values[1], 80, 1e-2);
  EXPECT_NEAR(found.values[2], 1, 1e-2);
  for (size_t i = 3; i < found.values.size(); ++i) EXPECT_EQ(found.values[i], 0) << i;
}

TEST_F(IntegratedGradientsTest, TheResidualIsWhatIsMissingAndFallsWithTheSquareOfTheSteps) {
  double before = 0;
  for (const int steps : {8, 16, 32, 64}) {
    ASSERT_OK_AND_ASSIGN(const Attributions found, Explain(steps));
    const double sum = std::accumulate(found.values.begin(), found.values.end(), 0.0);
    EXPECT_NEAR(sum, found.output_value - found.baseline_value + found.residual, 1e-9);
    if (before != 0) {
      EXPECT_NEAR(before / found.residual, 4, 0.1) << steps;
    }
    before = found.residual;
  }
  EXPECT_LT(std::abs(before), 0.02);
}

TEST_F(IntegratedGradientsTest, TakesAPassForEverySixteenPoints) {
  IntegratedGradients gradients(*model_, window_, direction_, 33);
  EXPECT_THAT(gradients.Advance(), IsOkAndHolds(true));
  EXPECT_EQ(model_->passes, 2);  // the first also visits both ends
  EXPECT_THAT(gradients.Advance(), IsOkAndHolds(true));
  EXPECT_THAT(gradients.Advance(), IsOkAndHolds(false));
  EXPECT_EQ(model_->passes, 4);
}

}  // namespace
}  // namespace aifx::pipeline
