#include "server/rpc/inference/infer_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tests/support/fake_model.h"

namespace aifx::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

InferArguments TwoWindows(bool raw) {
  InferArguments arguments;
  arguments.batch = 2;
  arguments.outputs = {InferOutput::kProbabilities, InferOutput::kLogits};
  arguments.raw = raw;
  arguments.id = "call-7";
  return arguments;
}

std::vector<float> FloatsOf(const std::string& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

const std::vector<float> kLogits = {0, 0, std::log(2.0f), 1, 1, 1};

TEST(InferAnswerTest, TypedAnswersHaveContents) {
  ::inference::ModelInferResponse response;
  AnswerToProto(TwoWindows(false), testing::FakeManifest(), kLogits, response);
  EXPECT_EQ(response.model_name(), "eurusd-1h");
  EXPECT_EQ(response.model_version(), "20180612100000");
  EXPECT_EQ(response.id(), "call-7");
  EXPECT_EQ(response.raw_output_contents_size(), 0);
  ASSERT_EQ(response.outputs_size(), 2);
  const auto& probabilities = response.outputs(0);
  EXPECT_EQ(probabilities.name(), "probabilities");
  EXPECT_EQ(probabilities.datatype(), "FP32");
  EXPECT_THAT(probabilities.shape(), ElementsAre(2, 3));
  const float third = 1.0f / 3.0f;
  EXPECT_THAT(
      probabilities.contents().fp32_contents(),
      ElementsAre(FloatNear(0.25f, 1e-6f), FloatNear(0.25f, 1e-6f), FloatNear(0.5f, 1e-6f),
                  FloatNear(third, 1e-6f), FloatNear(third, 1e-6f), FloatNear(third, 1e-6f)));
  EXPECT_EQ(response.outputs(1).name(), "logits");
  EXPECT_THAT(response.outputs(1).contents().fp32_contents(), ::testing::ElementsAreArray(kLogits));
}

TEST(InferAnswerTest, RawAnswersHaveBytesInTheOrderOfTheOutputs) {
  InferArguments arguments = TwoWindows(true);
  std::swap(arguments.outputs[0], arguments.outputs[1]);
  ::inference::ModelInferResponse response;
  AnswerToProto(arguments, testing::FakeManifest(), kLogits, response);
  ASSERT_EQ(response.raw_output_contents_size(), 2);
  EXPECT_EQ(response.outputs(0).name(), "logits");
  EXPECT_FALSE(response.outputs(0).has_contents());
  EXPECT_EQ(FloatsOf(response.raw_output_contents(0)), kLogits);
  EXPECT_EQ(FloatsOf(response.raw_output_contents(1)).size(), 6u);
}

TEST(InferAnswerTest, ProbabilitiesAreCalibrated) {
  model::Manifest manifest = testing::FakeManifest();
  manifest.calibration.slope = 2;
  manifest.calibration.intercept = {std::log(3.0), 0, 0};
  InferArguments arguments = TwoWindows(false);
  arguments.batch = 1;
  arguments.outputs = {InferOutput::kProbabilities};
  ::inference::ModelInferResponse response;
  AnswerToProto(arguments, manifest, {0, 0, std::log(2.0f)}, response);
  EXPECT_THAT(
      response.outputs(0).contents().fp32_contents(),
      ElementsAre(FloatNear(0.375f, 1e-6f), FloatNear(0.125f, 1e-6f), FloatNear(0.5f, 1e-6f)));
}

}  // namespace
}  // namespace aifx::rpc
