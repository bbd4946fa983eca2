#ifndef AIFX_SERVER_RPC_INFERENCE_WINDOW_TENSOR_H_
#define AIFX_SERVER_RPC_INFERENCE_WINDOW_TENSOR_H_

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/violation.h"
#include "core/model/manifest.h"
#include "inference/grpc_service.pb.h"

namespace aifx::rpc {

// The tensor of feature windows in a request, wherever its values stand.
struct WindowTensor {
  const ::inference::ModelInferRequest::InferInputTensor& input;
  std::string field;                 // `inputs[0]`
  const std::string* raw = nullptr;  // its entry of raw_input_contents; null: typed contents
  std::string raw_field;             // `raw_input_contents[0]`
};

// Datatype, shape and number of values against the manifest, without looking at a value or
// allocating anything for them. The batch, or 0 after adding violations.
size_t CheckTensor(const WindowTensor& tensor, const model::Manifest& manifest,
                   std::vector<base::FieldViolation>& violations);

// The values, [batch, sequence, features]; a violation for the first that is not finite.
// REQUIRES: CheckTensor found nothing wrong.
std::vector<float> CopyValues(const WindowTensor& tensor, const model::Manifest& manifest,
                              std::vector<base::FieldViolation>& violations);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_INFERENCE_WINDOW_TENSOR_H_
