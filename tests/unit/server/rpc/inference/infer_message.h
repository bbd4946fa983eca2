#ifndef AIFX_TESTS_UNIT_SERVER_RPC_INFERENCE_INFER_MESSAGE_H_
#define AIFX_TESTS_UNIT_SERVER_RPC_INFERENCE_INFER_MESSAGE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "core/model/manifest.h"
#include "inference/grpc_service.pb.h"

namespace aifx::rpc {

// `batch` windows of a manifest with small values that all differ.
inline std::vector<float> SomeWindows(const model::Manifest& manifest, size_t batch) {
  std::vector<float> values(batch * static_cast<size_t>(manifest.sequence * manifest.features));
  for (size_t i = 0; i < values.size(); ++i) values[i] = 0.001f * static_cast<float>(i);
  return values;
}

// A request that is right in everything, raw or typed.
inline ::inference::ModelInferRequest InferMessage(const model::Manifest& manifest, size_t batch,
                                                   bool raw) {
  const std::vector<float> values = SomeWindows(manifest, batch);
  ::inference::ModelInferRequest message;
  message.set_model_name(manifest.name);
  message.set_id("call-7");
  auto* input = message.add_inputs();
  input->set_name("window");
  input->set_datatype("FP32");
  input->add_shape(static_cast<int64_t>(batch));
  input->add_shape(manifest.sequence);
  input->add_shape(manifest.features);
  if (raw) {
    message.add_raw_input_contents(values.data(), values.size() * sizeof(float));
  } else {
    input->mutable_contents()->mutable_fp32_contents()->Add(values.begin(), values.end());
  }
  return message;
}

}  // namespace aifx::rpc

#endif  // AIFX_TESTS_UNIT_SERVER_RPC_INFERENCE_INFER_MESSAGE_H_
