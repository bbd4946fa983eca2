#include "server/rpc/inference/infer_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "core/base/violation.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/server/rpc/inference/infer_message.h"

namespace aifx::rpc {
namespace {

using ::inference::ModelInferRequest;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// 4 x columns.
const model::Manifest& Manifest() {
  static const model::Manifest* const manifest = new model::Manifest(testing::FakeManifest());
  return *manifest;
}

std::string ExpectedShape() {
  return absl::StrCat("expected [-1,4,", Manifest().features, "] with 1 to 256 windows");
}

TEST(InferRequestTest, ReadsRawAndTypedWindowsAlike) {
  for (const bool raw : {true, false}) {
    SCOPED_TRACE(raw);
    const auto arguments = InferFromProto(InferMessage(Manifest(), 3, raw), Manifest());
    ASSERT_OK(arguments);
    EXPECT_EQ(arguments->batch, 3u);
    EXPECT_EQ(arguments->windows, SomeWindows(Manifest(), 3));
    EXPECT_EQ(arguments->raw, raw);
    EXPECT_EQ(arguments->id, "call-7");
    EXPECT_EQ(arguments->timeout, absl::InfiniteDuration());
    EXPECT_THAT(arguments->outputs, ElementsAre(InferOutput::kProbabilities, InferOutput::kLogits));
  }
}

TEST(InferRequestTest, OutputsComeInTheOrderAskedFor) {
  ModelInferRequest message = InferMessage(Manifest(), 1, true);
  message.add_outputs()->set_name("logits");
  message.add_outputs()->set_name("probabilities");
  const auto arguments = InferFromProto(message, Manifest());
  ASSERT_OK(arguments);
  EXPECT_THAT(arguments->outputs, ElementsAre(InferOutput::kLogits, InferOutput::kProbabilities));
}

TEST(InferRequestTest, ReadsTheParametersThatItKnows) {
  ModelInferRequest message = InferMessage(Manifest(), 1, true);
  auto& parameters = *message.mutable_parameters();
  parameters["timeout"].set_int64_param(2500);
  parameters["triton_enable_empty_final_response"].set_bool_param(true);
  parameters["sequence_id"].set_int64_param(4);
  const auto arguments = InferFromProto(message, Manifest());
  ASSERT_OK(arguments);
  EXPECT_EQ(arguments->timeout, absl::Microseconds(2500));
  EXPECT_TRUE(arguments->mark_final);
  parameters["timeout"].set_uint64_param(std::numeric_limits<uint64_t>::max());
  EXPECT_OK(InferFromProto(message, Manifest()));
  parameters["timeout"].set_int64_param(0);  // none
  EXPECT_EQ(InferFromProto(message, Manifest())->timeout, absl::InfiniteDuration());
}

TEST(InferRequestTest, TakesTheLargestBatch) {
  const auto arguments = InferFromProto(InferMessage(Manifest(), 256, true), Manifest());
  ASSERT_OK(arguments);
  EXPECT_EQ(arguments->windows.size(), 256u * 4u * static_cast<size_t>(Manifest().features));
}

// Each changes one thing of a right raw request of two windows.
struct BadCase {
  const char* name;
  void (*change)(ModelInferRequest& message);
  std::string field;
  std::vector<std::string> says;  // all of them are in the description
};

ModelInferRequest::InferInputTensor& Input(ModelInferRequest& message) {
  return *message.mutable_inputs(0);
}

void SetShape(ModelInferRequest& message, std::vector<int64_t> shape) {
  Input(message).mutable_shape()->Assign(shape.begin(), shape.end());
}

std::vector<BadCase> BadTensors() {
  const std::string columns = absl::StrCat(Manifest().features);
  const int64_t bytes = 2 * 4 * Manifest().features * 4;
  return {
      {"no input", [](auto& m) { m.clear_inputs(); }, "inputs", {"\"window\" is missing"}},
      {"another name",
       [](auto& m) { Input(m).set_name("candles"); },
       "inputs[0].name",
       {"\"candles\" came", "\"window\""}},
      {"twice",
       [](auto& m) { *m.add_inputs() = m.inputs(0); },
       "inputs[1].name",
       {"\"window\" came after the one input"}},
      {"another type",
       [](auto& m) { Input(m).set_datatype("FP64"); },
       "inputs[0].datatype",
       {"\"window\"", "FP64 came", "expected FP32"}},
      {"half precision",
       [](auto& m) { Input(m).set_datatype("FP16"); },
       "inputs[0].datatype",
       {"FP16 came", "expected FP32"}},
      {"text",
       [](auto& m) { Input(m).set_datatype("BYTES"); },
       "inputs[0].datatype",
       {"BYTES came", "expected FP32"}},
      {"no such type",
       [](auto& m) { Input(m).set_datatype(std::string(1000, 'x')); },
       "inputs[0].datatype",
       {"xxx... came", "expected FP32"}},
      {"no shape",
       [](auto& m) { SetShape(m, {}); },
       "inputs[0].shape",
       {"shape [] came", ExpectedShape()}},
      {"no batch",
       [](auto& m) {
         SetShape(m, {4, Manifest().features});
       },
       "inputs[0].shape",
       {absl::StrCat("shape [4,", columns, "] came"), ExpectedShape()}},
      {"a column too few",
       [](auto& m) {
         SetShape(m, {2, 4, Manifest().features - 1});
       },
       "inputs[0].shape",
       {absl::StrCat("shape [2,4,", Manifest().features - 1, "] came"), ExpectedShape()}},
      {"a row too many",
       [](auto& m) {
         SetShape(m, {2, 5, Manifest().features});
       },
       "inputs[0].shape",
       {absl::StrCat("shape [2,5,", columns, "] came"), ExpectedShape()}},
      {"an empty batch",
       [](auto& m) {
         SetShape(m, {0, 4, Manifest().features});
       },
       "inputs[0].shape",
       {ExpectedShape()}},
      {"a batch below zero",
       [](auto& m) {
         SetShape(m, {-1, 4, Manifest().features});
       },
       "inputs[0].shape",
       {"shape [-1,4,", ExpectedShape()}},
      {"a batch too large",
       [](auto& m) {
         SetShape(m, {257, 4, Manifest().features});
       },
       "inputs[0].shape",
       {"shape [257,4,", ExpectedShape()}},
      {"a product that overflows",
       [](auto& m) {
         SetShape(m, {int64_t{1} << 62, 4, Manifest().features});
       },
       "inputs[0].shape",
       {"shape [4611686018427387904,4,"}},
      {"a thousand dimensions",
       [](auto& m) { SetShape(m, std::vector<int64_t>(1000, 1)); },
       "inputs[0].shape",
       {"[1,1,1,1,1,1,1,1,... 1000 dimensions]"}},
      {"a byte too few",
       [](auto& m) { m.mutable_raw_input_contents(0)->pop_back(); },
       "raw_input_contents[0]",
       {absl::StrCat(bytes - 1, " raw bytes came, expected ", bytes), "\"window\""}},
      {"a value too many",
       [](auto& m) { m.mutable_raw_input_contents(0)->append(4, '\0'); },
       "raw_input_contents[0]",
       {absl::StrCat(bytes + 4, " raw bytes came, expected ", bytes)}},
      {"no bytes",
       [](auto& m) { m.mutable_raw_input_contents(0)->clear(); },
       "raw_input_contents[0]",
       {"0 raw bytes came"}},
      {"neither raw nor typed",
       [](auto& m) { m.clear_raw_input_contents(); },
       "inputs[0].contents.fp32_contents",
       {"0 values came, expected"}},
      {"two raw entries",
       [](auto& m) { m.add_raw_input_contents("abcd"); },
       "raw_input_contents",
       {"has 2 entries, expected one for each of 1 inputs"}},
      {"raw and typed",
       [](auto& m) { Input(m).mutable_contents(); },
       "inputs[0].contents",
       {"\"window\" came with contents beside raw_input_contents"}},
      {"not finite",
       [](auto& m) {
         const float bad = std::nanf("");
         m.mutable_raw_input_contents(0)->replace(
             static_cast<size_t>((4 + 1) * Manifest().features + 2) * 4, 4,
             reinterpret_cast<const char*>(&bad), 4);
       },
       "raw_input_contents[0]",
       {"value [1,1,2] is nan, expected a finite number"}},
      {"another output",
       [](auto& m) { m.add_outputs()->set_name("signal"); },
       "outputs[0].name",
       {"\"signal\" came, expected \"probabilities\" or \"logits\""}},
      {"an output twice",
       [](auto& m) {
         m.add_outputs()->set_name("logits");
         m.add_outputs()->set_name("logits");
       },
       "outputs[1].name",
       {"\"logits\" came twice"}},
      {"classification",
       [](auto& m) {
         auto* output = m.add_outputs();
         output->set_name("logits");
         (*output->mutable_parameters())["classification"].set_int64_param(3);
       },
       "outputs[0].parameters",
       {"\"logits\"", "classification came"}},
      {"shared memory in",
       [](auto& m) {
         (*Input(m).mutable_parameters())["shared_memory_region"].set_string_param("a");
       },
       "inputs[0].parameters",
       {"\"window\"", "shared memory"}},
      {"shared memory out",
       [](auto& m) {
         auto* output = m.add_outputs();
         output->set_name("logits");
         (*output->mutable_parameters())["shared_memory_region"].set_string_param("a");
       },
       "outputs[0].parameters",
       {"\"logits\"", "shared memory"}},
      {"a timeout below zero",
       [](auto& m) { (*m.mutable_parameters())["timeout"].set_int64_param(-1); },
       "parameters",
       {"\"timeout\" is -1, expected a whole number"}},
      {"a timeout in words",
       [](auto& m) { (*m.mutable_parameters())["timeout"].set_string_param("1s"); },
       "parameters",
       {"\"timeout\" is \"1s\", expected a whole number"}},
  };
}

TEST(InferRequestTest, NamesTheTensorWhatWasExpectedAndWhatCame) {
  for (const BadCase& test : BadTensors()) {
    SCOPED_TRACE(test.name);
    ModelInferRequest message = InferMessage(Manifest(), 2, true);
    test.change(message);
    const auto arguments = InferFromProto(message, Manifest());
    ASSERT_EQ(arguments.status().code(), absl::StatusCode::kInvalidArgument);
    const auto violations = base::ViolationsOf(arguments.status());
    ASSERT_EQ(violations.size(), 1u) << arguments.status();
    EXPECT_EQ(violations[0].field, test.field);
    for (const std::string& text : test.says) {
      EXPECT_THAT(violations[0].description, HasSubstr(text));
    }
  }
}

TEST(InferRequestTest, TypedValuesStandInTheFieldOfTheirType) {
  const auto status_of = [](void (*change)(::inference::InferTensorContents&)) {
    ModelInferRequest message = InferMessage(Manifest(), 1, false);
    change(*Input(message).mutable_contents());
    return InferFromProto(message, Manifest()).status();
  };
  EXPECT_THAT(status_of([](auto& c) { c.add_fp64_contents(1); }),
              testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                AllOf(HasSubstr("1 values came in fp64_contents"),
                                      HasSubstr("expected FP32 values in fp32_contents"))));
  for (const auto change :
       {+[](::inference::InferTensorContents& c) { c.add_bool_contents(true); },
        +[](::inference::InferTensorContents& c) { c.add_int_contents(1); },
        +[](::inference::InferTensorContents& c) { c.add_int64_contents(1); },
        +[](::inference::InferTensorContents& c) { c.add_uint_contents(1); },
        +[](::inference::InferTensorContents& c) { c.add_uint64_contents(1); },
        +[](::inference::InferTensorContents& c) { c.add_bytes_contents("a"); },
        +[](::inference::InferTensorContents& c) { c.add_fp32_contents(1); },
        +[](::inference::InferTensorContents& c) { c.mutable_fp32_contents()->RemoveLast(); },
        +[](::inference::InferTensorContents& c) {
          c.set_fp32_contents(0, std::numeric_limits<float>::infinity());
        }}) {
    EXPECT_THAT(status_of(change), testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                                     HasSubstr("input \"window\": ")));
  }
}

TEST(InferRequestTest, CollectsEverythingThatIsWrong) {
  ModelInferRequest message = InferMessage(Manifest(), 1, true);
  Input(message).set_datatype("INT8");
  message.add_outputs()->set_name("signal");
  const auto violations = base::ViolationsOf(InferFromProto(message, Manifest()).status());
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(violations[0].field, "outputs[0].name");
  EXPECT_EQ(violations[1].field, "inputs[0].datatype");
}

}  // namespace
}  // namespace aifx::rpc
