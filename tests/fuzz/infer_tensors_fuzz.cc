// Whatever a ModelInferRequest holds, it is refused with what is wrong, or its windows have the
// size that the model takes and finite values only.
#include <google/protobuf/stubs/logging.h>

#include <cmath>

#include "core/base/violation.h"
#include "server/rpc/inference/infer_answer.h"
#include "server/rpc/inference/infer_request.h"
#include "tests/fuzz/fuzz.h"

namespace {

// Small, so that the fuzzer hits the right sizes.
aifx::model::Manifest SmallManifest() {
  aifx::model::Manifest manifest;
  manifest.name = "eurusd-1h";
  manifest.version = 20180612100000;
  manifest.sequence = 2;
  manifest.features = 3;
  manifest.classes = {"sell", "hold", "buy"};
  manifest.calibration.intercept = {0, 0, 0};
  return manifest;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using aifx::fuzz::Require;
  [[maybe_unused]] static const auto quiet = google::protobuf::SetLogHandler(nullptr);
  static const aifx::model::Manifest manifest = SmallManifest();
  inference::ModelInferRequest message;
  if (!message.ParseFromArray(data, static_cast<int>(size))) return 0;
  const auto arguments = aifx::rpc::InferFromProto(message, manifest);
  if (!arguments.ok()) {
    Require(!aifx::base::ViolationsOf(arguments.status()).empty(), "a refusal names what is wrong");
    return 0;
  }
  Require(arguments->batch >= 1 && arguments->batch <= aifx::rpc::kMaxInferBatch, "batch size");
  Require(arguments->windows.size() == arguments->batch * 6, "as many values as windows have");
  for (const float value : arguments->windows) Require(std::isfinite(value), "finite values");
  Require(!arguments->outputs.empty() && arguments->outputs.size() <= 2, "each output once");
  const std::vector<float> logits(arguments->batch * 3, 0.5f);
  inference::ModelInferResponse response;
  aifx::rpc::AnswerToProto(*arguments, manifest, logits, response);
  Require(response.outputs_size() == static_cast<int>(arguments->outputs.size()), "answers all");
  Require(response.raw_output_contents_size() == (arguments->raw ? response.outputs_size() : 0),
          "raw to raw");
  return 0;
}
