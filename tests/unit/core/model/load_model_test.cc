#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/model/model.h"
#include "core/model/torchscript_archive.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_model.h"
#include "tests/unit/core/model/load_model_fixture.h"

namespace aifx::model {
namespace {

using ::aifx::testing::IsOk;
using ::aifx::testing::MakeTinyModel;
using ::aifx::testing::StatusIs;
using ::aifx::testing::TinyModel;
using ::testing::HasSubstr;

TEST_F(LoadModelTest, ComputesLogitsOfEveryWindow) {
  const TinyModel tiny = MakeTinyModel();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Model> model, Load(tiny));
  EXPECT_EQ(model->kernel(), "torchscript-f32");
  EXPECT_EQ(model->manifest().version, tiny.manifest.version);
  const size_t window = tiny.golden.input.size();
  std::vector<float> values(5 * window, 7.0f);
  for (size_t b = 0; b < 5; ++b) {
    values[(b + 1) * window - static_cast<size_t>(tiny.manifest.features)] = static_cast<float>(b);
  }
  std::vector<float> logits(15);
  ASSERT_OK(model->Run({values, 5}, absl::MakeSpan(logits)));
  for (size_t b = 0; b < 5; ++b) {
    for (size_t c = 0; c < 3; ++c) {
      EXPECT_FLOAT_EQ(logits[b * 3 + c], tiny.weight[c] * static_cast<float>(b) + tiny.bias[c]);
    }
  }
}

TEST_F(LoadModelTest, RunNamesWhatIsWrongWithItsInput) {
  const TinyModel tiny = MakeTinyModel();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Model> model, Load(tiny));
  const size_t window = tiny.golden.input.size();
  std::vector<float> values(2 * window, 0.0f);
  std::vector<float> logits(6);
  const auto invalid = [](const std::string& text) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
  };
  EXPECT_THAT(model->Run({values, 1}, absl::MakeSpan(logits)), invalid("not batch 1"));
  EXPECT_THAT(model->Run({values, 2}, absl::MakeSpan(logits).first(5)), invalid("logits"));
  EXPECT_THAT(model->Run({{}, 0}, absl::MakeSpan(logits).first(0)), invalid("not batch 0"));
  EXPECT_THAT(
      model->Run({values, std::numeric_limits<size_t>::max() / window + 3}, absl::MakeSpan(logits)),
      invalid("not batch"));
  values[window + 2 * static_cast<size_t>(tiny.manifest.features) + 1] =
      std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(model->Run({values, 2}, absl::MakeSpan(logits)),
              invalid("windows[1] row 2 column 1 ("));
}

TEST_F(LoadModelTest, RunRefusesToGiveWhatIsNotFinite) {
  const TinyModel tiny = MakeTinyModel();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Model> model, Load(tiny));
  std::vector<float> values(tiny.golden.input.size(), std::numeric_limits<float>::max());
  std::vector<float> logits(3);
  TinyModel steep = MakeTinyModel(20180612100001);
  steep.weight[2] = 4.0f;
  steep.golden.logits[2] = 2.125f;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Model> overflowing, Load(steep));
  EXPECT_THAT(model->Run({values, 1}, absl::MakeSpan(logits)), IsOk());
  EXPECT_THAT(overflowing->Run({values, 1}, absl::MakeSpan(logits)),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("class buy is inf")));
}

TEST_F(LoadModelTest, SeveralThreadsShareOneModel) {
  const TinyModel tiny = MakeTinyModel();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Model> model, Load(tiny));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::vector<float> values(tiny.golden.input.size(), static_cast<float>(t));
      std::vector<float> logits(3);
      for (int i = 0; i < 200; ++i) {
        EXPECT_OK(model->Run({values, 1}, absl::MakeSpan(logits)));
        EXPECT_FLOAT_EQ(logits[2], static_cast<float>(t) + tiny.bias[2]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(LoadModelTest, NamesAnAbsentVersion) {
  EXPECT_THAT(
      LoadModel(store_, "eurusd-1h", 20180612100000),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("model eurusd-1h version 20180612100000")));
}

TEST(TorchScriptArchiveTest, RefusesWhatDoesNotFitTogether) {
  EXPECT_THAT(WriteTorchScript({NamedTensor{"w", {2, 2}, {1, 2, 3}, true}}, ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("w has 3 values")));
  EXPECT_THAT(WriteTorchScript({}, "def forward(self, x: Tensor):\n    return missing(x)\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("missing")));
}

}  // namespace
}  // namespace aifx::model
