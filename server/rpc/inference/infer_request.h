#ifndef AIFX_SERVER_RPC_INFERENCE_INFER_REQUEST_H_
#define AIFX_SERVER_RPC_INFERENCE_INFER_REQUEST_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/model/manifest.h"
#include "inference/grpc_service.pb.h"

// Tensors of the Open Inference Protocol to feature windows; docs/open-inference-protocol.md has
// the rules. No gRPC calls here.
namespace aifx::rpc {

// The one input of every model: feature windows before scaling, FP32 [-1, sequence, features].
inline constexpr char kWindowInput[] = "window";
// Windows in one request, at most.
inline constexpr size_t kMaxInferBatch = 256;

// What every model returns, each as FP32 [-1, classes] in the order of the manifest's classes.
enum class InferOutput {
  kProbabilities,  // "probabilities": calibrated, as Predict shows them
  kLogits,         // "logits": what the model computes
};
inline constexpr InferOutput kInferOutputs[] = {InferOutput::kProbabilities, InferOutput::kLogits};

const char* InferOutputName(InferOutput output);

// A request that passed every check.
struct InferArguments {
  std::vector<float> windows;  // [batch, sequence, features], row-major, every value finite
  size_t batch = 0;            // 1..kMaxInferBatch
  std::vector<InferOutput> outputs;
  bool raw = false;  // the request's tensors came as raw bytes; so do the answer's
  std::string id;    // the caller's own
  absl::Duration timeout = absl::InfiniteDuration();  // of the request, from its arrival on
  bool mark_final = false;  // a stream's client wants its last answer marked
};

// InvalidArgument with a violation for everything that is wrong: it names the tensor, what was
// expected and what came. Shapes and byte counts are checked before anything is allocated.
absl::StatusOr<InferArguments> InferFromProto(const ::inference::ModelInferRequest& message,
                                              const model::Manifest& manifest);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_INFERENCE_INFER_REQUEST_H_
