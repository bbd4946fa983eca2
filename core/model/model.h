#ifndef AIFX_CORE_MODEL_MODEL_H_
#define AIFX_CORE_MODEL_MODEL_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/model/manifest.h"
#include "core/model/model_store.h"
#include "core/model/signature.h"

namespace aifx::model {

// Feature windows, not scaled, as float32 [batch, sequence, features], row-major and contiguous.
struct WindowBatch {
  absl::Span<const float> values;
  size_t batch = 0;
};

// A loaded model: feature windows in, logits out. The scaler is part of the model's program.
// Immutable and thread-safe; Run computes on the calling thread and takes about a millisecond, so
// it is called from executors, never from an RPC thread.
class Model {
 public:
  virtual ~Model() = default;

  virtual const Manifest& manifest() const = 0;
  // What computes, such as "torchscript-f32" or "lstm-f32-avx3".
  virtual const std::string& kernel() const = 0;

  // Writes logits [batch, classes], row-major, to `logits`. InvalidArgument where sizes do not
  // agree with the manifest or an input value is not finite (it names the row and the column);
  // Internal where the runtime fails or an output is not finite.
  virtual absl::Status Run(const WindowBatch& windows, absl::Span<float> logits) const = 0;
};

// Loads a version from the store and lets it pass only when everything holds: manifest, checksums,
// the feature set's hash, shapes, finite weights, and the golden window's output within the
// manifest's tolerance. The error names the model, the version and what failed
// (FailedPrecondition, or DataLoss for damaged files, NotFound for absent ones).
absl::StatusOr<std::shared_ptr<const Model>> LoadModel(const ModelStore& store,
                                                       const std::string& name, int64_t version);

struct LoadOptions {
  // Whose signature a version must bear (manifest.sig); absent: none is needed.
  std::optional<PublicKey> key;
  // Called once the version is read, before its golden window is computed.
  std::function<void()> on_checking;
};

// The same, with options.
absl::StatusOr<std::shared_ptr<const Model>> LoadModel(const ModelStore& store,
                                                       const std::string& name, int64_t version,
                                                       const LoadOptions& options);

// Sets LibTorch to one thread for each caller of Run (inference) or `threads` (training). Call
// once, before the first model is loaded.
void SetTensorThreads(int threads);

// LibTorch's version, such as "2.15.0".
std::string TensorLibraryVersion();

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_MODEL_H_
