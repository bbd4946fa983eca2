#include "server/rpc/inference/model_description.h"

#include "absl/strings/str_cat.h"
#include "server/rpc/inference/infer_request.h"

namespace aifx::rpc {
namespace {

constexpr char kDatatype[] = "FP32";
constexpr char kBackend[] = "aifx";

std::string PlatformOf(const model::Manifest& manifest) {
  return absl::StrCat(kBackend, "_", manifest.runtime);
}

}  // namespace

void ToProto(const model::Manifest& manifest, ::inference::ModelMetadataResponse& message) {
  message.set_name(manifest.name);
  message.set_platform(PlatformOf(manifest));
  auto* input = message.add_inputs();
  input->set_name(kWindowInput);
  input->set_datatype(kDatatype);
  for (const int64_t size : {int64_t{-1}, manifest.sequence, manifest.features}) {
    input->add_shape(size);
  }
  for (const InferOutput each : kInferOutputs) {
    auto* output = message.add_outputs();
    output->set_name(InferOutputName(each));
    output->set_datatype(kDatatype);
    output->add_shape(-1);
    output->add_shape(static_cast<int64_t>(manifest.classes.size()));
  }
}

void ToProto(const model::Manifest& manifest, ::inference::ModelConfig& message) {
  message.set_name(manifest.name);
  message.set_platform(PlatformOf(manifest));
  message.set_backend(kBackend);
  message.set_max_batch_size(static_cast<int>(kMaxInferBatch));
  auto* input = message.add_input();
  input->set_name(kWindowInput);
  input->set_data_type(::inference::TYPE_FP32);
  input->add_dims(manifest.sequence);
  input->add_dims(manifest.features);
  for (const InferOutput each : kInferOutputs) {
    auto* output = message.add_output();
    output->set_name(InferOutputName(each));
    output->set_data_type(::inference::TYPE_FP32);
    output->add_dims(static_cast<int64_t>(manifest.classes.size()));
  }
}

void ToProto(const serving::VersionView& view,
             ::inference::RepositoryIndexResponse::ModelIndex& message) {
  message.set_name(view.name);
  message.set_version(absl::StrCat(view.version));
  switch (view.state) {
    case serving::VersionState::kReady:
      message.set_state("READY");
      return;
    case serving::VersionState::kLoading:
    case serving::VersionState::kChecking:
    case serving::VersionState::kWarming:
      message.set_state("LOADING");
      return;
    case serving::VersionState::kDraining:
      message.set_state("UNLOADING");
      return;
    case serving::VersionState::kFailed:
      message.set_state("UNAVAILABLE");
      message.set_reason(view.reason);
      return;
    case serving::VersionState::kDiscovered:
      message.set_state("UNAVAILABLE");
      message.set_reason("not loaded");
      return;
  }
}

}  // namespace aifx::rpc
