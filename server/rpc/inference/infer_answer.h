#ifndef AIFX_SERVER_RPC_INFERENCE_INFER_ANSWER_H_
#define AIFX_SERVER_RPC_INFERENCE_INFER_ANSWER_H_

#include "absl/types/span.h"
#include "core/model/manifest.h"
#include "inference/grpc_service.pb.h"
#include "server/rpc/inference/infer_request.h"

namespace aifx::rpc {

// Writes the outputs that were asked for, raw where the request was raw; `logits` are
// [arguments.batch, classes]. Probabilities are the logits calibrated as Predict does it.
void AnswerToProto(const InferArguments& arguments, const model::Manifest& manifest,
                   absl::Span<const float> logits, ::inference::ModelInferResponse& response);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_INFERENCE_INFER_ANSWER_H_
