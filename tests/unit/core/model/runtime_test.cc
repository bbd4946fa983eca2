// What every runtime has to do, whatever computes.
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/model/lstm_runtime.h"
#include "core/model/model.h"
#include "core/model/torchscript_archive.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/model/runtime_fixture.h"

namespace aifx::model {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr size_t kClasses = 3;

class RuntimeTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const auto archive = RuntimeArchive(GetParam());
    if (absl::IsUnavailable(archive.status())) GTEST_SKIP() << archive.status().message();
    ASSERT_OK(archive);
    ASSERT_OK_AND_ASSIGN(model_, OpenArchive(RuntimeManifest(GetParam()), *archive, set_));
  }

  std::vector<float> Logits(const std::vector<float>& windows) const {
    const size_t batch = windows.size() / window_;
    std::vector<float> logits(batch * kClasses);
    EXPECT_OK(model_->Run({windows, batch}, absl::MakeSpan(logits)));
    return logits;
  }

  const features::FeatureSet& set_ = features::DefaultFeatureSet();
  const size_t columns_ = set_.columns().size();
  const size_t window_ = kRuntimeSequence * columns_;
  std::shared_ptr<const Model> model_;
};

TEST_P(RuntimeTest, ItsKernelTellsTheRuntime) {
  EXPECT_THAT(model_->kernel(), StartsWith(GetParam() + "-"));
}

TEST_P(RuntimeTest, RefusesSizesThatDoNotFit) {
  std::vector<float> windows = RuntimeWindows(2);
  std::vector<float> logits(2 * kClasses);
  const auto refused =
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("which is not batch"));
  EXPECT_THAT(model_->Run({windows, 1}, absl::MakeSpan(logits)), refused);
  EXPECT_THAT(model_->Run({windows, 3}, absl::MakeSpan(logits)), refused);
  EXPECT_THAT(model_->Run({{}, 0}, absl::MakeSpan(logits).first(0)), refused);
  EXPECT_THAT(model_->Run({windows, 2}, absl::MakeSpan(logits).first(5)), refused);
  // A feature less in every row: a traced program would compute with it.
  windows.resize(2 * kRuntimeSequence * (columns_ - 1));
  EXPECT_THAT(model_->Run({windows, 2}, absl::MakeSpan(logits)), refused);
}

TEST_P(RuntimeTest, NamesTheRowAndTheColumnOfWhatIsNotFinite) {
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    std::vector<float> windows = RuntimeWindows(3);
    windows[2 * window_ + 7 * columns_ + 4] = value;
    std::vector<float> logits(3 * kClasses);
    EXPECT_THAT(model_->Run({windows, 3}, absl::MakeSpan(logits)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("windows[2] row 7 column 4 (" + set_.columns()[4].name + ")")));
  }
}

TEST_P(RuntimeTest, RefusesToGiveWhatIsNotFinite) {
  std::vector<float> windows = RuntimeWindows(2);
  windows[window_] = 3e38f;  // overflows when it is scaled
  std::vector<float> logits(2 * kClasses);
  const absl::Status status = model_->Run({windows, 2}, absl::MakeSpan(logits));
  // A gate saturates at infinity, which is a number again: then the answer has to be finite.
  if (status.ok()) {
    for (const float logit : logits) EXPECT_TRUE(std::isfinite(logit));
  } else {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal, HasSubstr("window 1")));
  }
}

TEST_P(RuntimeTest, AgreesWithLibTorchInFloat32) {
  ASSERT_OK_AND_ASSIGN(const std::string archive, RuntimeArchive(kTorchScriptRuntime));
  ASSERT_OK_AND_ASSIGN(const auto reference,
                       OpenArchive(RuntimeManifest(kTorchScriptRuntime), archive, set_));
  const std::vector<float> windows = RuntimeWindows(9);
  std::vector<float> wanted(9 * kClasses);
  ASSERT_OK(reference->Run({windows, 9}, absl::MakeSpan(wanted)));
  const float tolerance = static_cast<float>(model_->tolerance());
  EXPECT_THAT(Logits(windows), ::testing::Pointwise(::testing::FloatNear(tolerance), wanted));
}

TEST_P(RuntimeTest, AWindowGivesTheSameInEveryBatch) {
  const std::vector<float> windows = RuntimeWindows(20);
  const std::vector<float> all = Logits(windows);
  for (size_t batch = 1; batch < 20; ++batch) {
    const std::vector<float> some =
        Logits({windows.begin(), windows.begin() + static_cast<ptrdiff_t>(batch * window_)});
    if (model_->manifest().deterministic) {
      EXPECT_THAT(some, ElementsAreArray(all.data(), some.size())) << batch;
    }
    for (size_t i = 0; i < some.size(); ++i) EXPECT_NEAR(some[i], all[i], 1e-5) << batch;
  }
}

TEST_P(RuntimeTest, ThreadsShareAModel) {
  const std::vector<float> windows = RuntimeWindows(3);
  const std::vector<float> wanted = Logits(windows);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 30; ++i) EXPECT_THAT(Logits(windows), ElementsAreArray(wanted));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(RuntimeTest, TakesDenormalsAsZero) {
  std::vector<float> windows = RuntimeWindows(2);
  const std::vector<float> wanted = Logits(windows);
  for (size_t i = 0; i < windows.size(); i += columns_) windows[i] = 1e-38f;
  EXPECT_THAT(Logits(windows), ElementsAreArray(wanted));
  for (size_t i = 0; i < windows.size(); i += columns_) windows[i] = 1e-37f;
  EXPECT_THAT(Logits(windows), ::testing::Not(ElementsAreArray(wanted)));
}

TEST_P(RuntimeTest, ItsGradientIsThatOfItsOutput) {
  constexpr float kDirection[] = {-1, 0, 1};
  const std::vector<float> windows = RuntimeWindows(2);
  std::vector<float> outputs(2), gradients(windows.size());
  const auto gradient = [&](const std::vector<float>& at, std::vector<float>& by) {
    return model_->Gradient({at, 2}, kDirection, absl::MakeSpan(outputs), absl::MakeSpan(by));
  };
  if (GetParam() == kAotInductorRuntime) {
    EXPECT_THAT(gradient(windows, gradients),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("runtime aotinductor has no gradients")));
    return;
  }
  ASSERT_OK(gradient(windows, gradients));
  const std::vector<float> logits = Logits(windows);
  for (size_t b = 0; b < 2; ++b) {
    EXPECT_NEAR(outputs[b], logits[b * kClasses + 2] - logits[b * kClasses],
                2 * model_->tolerance());
  }
  // Central differences at the newest and the oldest row.
  constexpr float kStep = 0.02f;
  const std::vector<float> at_windows = gradients;
  std::vector<float> ignored(windows.size());
  for (const size_t at : {size_t{5}, window_ - 3, window_ + 9, 2 * window_ - 1}) {
    std::vector<float> moved = windows;
    moved[at] += kStep;
    ASSERT_OK(gradient(moved, ignored));
    const float above = outputs[at / window_];
    moved[at] -= 2 * kStep;
    ASSERT_OK(gradient(moved, ignored));
    EXPECT_NEAR((above - outputs[at / window_]) / (2 * kStep), at_windows[at], 2e-3) << at;
  }
}

TEST_P(RuntimeTest, RefusesWhatIsNoArchive) {
  EXPECT_THAT(OpenArchive(RuntimeManifest(GetParam()), "no archive", set_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("cannot be opened")));
}

INSTANTIATE_TEST_SUITE_P(Runtimes, RuntimeTest,
                         ::testing::Values(kTorchScriptRuntime, kAotInductorRuntime,
                                           kLstmF32Runtime, kLstmBf16Runtime, kLstmInt8Runtime),
                         [](const auto& runtime) {
                           std::string name = runtime.param;
                           std::erase(name, '-');
                           return name;
                         });

// Opens `program` over the tensors of the LSTM in a runtime.
absl::Status OpenProgram(const std::string& runtime, const std::string& program) {
  const auto archive = WriteTorchScript(TensorsOf(RuntimeWeights()), program);
  if (!archive.ok()) return archive.status();
  return OpenArchive(RuntimeManifest(runtime), *archive, features::DefaultFeatureSet()).status();
}

TEST(LstmRuntimeTest, RefusesAProgramThatIsNotTheNetworkInEveryPrecision) {
  for (const char* runtime : {kLstmF32Runtime, kLstmBf16Runtime, kLstmInt8Runtime}) {
    EXPECT_THAT(OpenProgram(runtime, R"(
def forward(self, x: Tensor) -> Tensor:
    return torch.zeros([x.size(0), 3]) + self.output_bias
)"),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("where LibTorch gives")))
        << runtime;
  }
}

TEST(TorchScriptRuntimeTest, OpensAnyNetwork) {
  EXPECT_OK(OpenProgram(kTorchScriptRuntime, R"(
def forward(self, x: Tensor) -> Tensor:
    hidden = torch.tanh(torch.linear(x[:, -1], self.lstm1_weight_ih, self.lstm1_bias_ih))
    return torch.softmax(hidden[:, :3], 1)
)"));
}

TEST(TorchScriptRuntimeTest, RefusesAnotherDevice) {
  EXPECT_THAT(
      OpenProgram(kTorchScriptRuntime, R"(
def forward(self, x: Tensor) -> Tensor:
    moved = x.to(torch.device("cuda:0"))
    return torch.zeros([moved.size(0), 3]) + self.output_bias
)"),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("device cuda:0, not on the CPU")));
}

}  // namespace
}  // namespace aifx::model
