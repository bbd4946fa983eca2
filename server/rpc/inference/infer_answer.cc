#include "server/rpc/inference/infer_answer.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/decision/decision.h"

namespace aifx::rpc {
namespace {

using ::inference::ModelInferResponse;

std::vector<float> ProbabilitiesOf(const model::Manifest& manifest,
                                   absl::Span<const float> logits) {
  const size_t classes = manifest.classes.size();
  std::vector<float> probabilities;
  probabilities.reserve(logits.size());
  for (size_t row = 0; row + classes <= logits.size(); row += classes) {
    for (const double probability :
         decision::Calibrate(logits.subspan(row, classes), manifest.calibration.slope,
                             manifest.calibration.intercept)) {
      probabilities.push_back(static_cast<float>(probability));
    }
  }
  return probabilities;
}

void AddOutput(const InferArguments& arguments, InferOutput which, size_t classes,
               absl::Span<const float> values, ModelInferResponse& response) {
  auto* output = response.add_outputs();
  output->set_name(InferOutputName(which));
  output->set_datatype("FP32");
  output->add_shape(static_cast<int64_t>(arguments.batch));
  output->add_shape(static_cast<int64_t>(classes));
  if (arguments.raw) {
    response.add_raw_output_contents(values.data(), values.size() * sizeof(float));
  } else {
    output->mutable_contents()->mutable_fp32_contents()->Add(values.begin(), values.end());
  }
}

}  // namespace

void AnswerToProto(const InferArguments& arguments, const model::Manifest& manifest,
                   absl::Span<const float> logits, ModelInferResponse& response) {
  response.set_model_name(manifest.name);
  response.set_model_version(absl::StrCat(manifest.version));
  response.set_id(arguments.id);
  const size_t classes = manifest.classes.size();
  for (const InferOutput output : arguments.outputs) {
    if (output == InferOutput::kLogits) {
      AddOutput(arguments, output, classes, logits, response);
    } else {
      AddOutput(arguments, output, classes, ProbabilitiesOf(manifest, logits), response);
    }
  }
}

}  // namespace aifx::rpc
