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
  // What computes and with which instructions: "torchscript-f32", "lstm-f32-avx3",
  // "lstm-bf16-avx512bf16", "lstm-int8-vnni", "lstm-int8-amx", "aotinductor-avx512".
  virtual const std::string& kernel() const = 0;

  // Writes logits [batch, classes], row-major, to `logits`. InvalidArgument where sizes do not
  // agree with the manifest or an input value is not finite (it names the row and the column);
  // Internal where the runtime fails or an output is not finite.
  virtual absl::Status Run(const WindowBatch& windows, absl::Span<float> logits) const = 0;

  // Largest logit difference from what training computed: the manifest's, except for a kernel of
  // less precision than the model was trained with.
  virtual double tolerance() const { return manifest().tolerance; }

  // The sum of direction[class] * logit[class] of each window, to `outputs` [batch], and its
  // gradient by the window's values, to `gradients` [batch, sequence, features]; both in float32
  // whatever Run computes in. A few times as long as Run. InvalidArgument as Run;
  // FailedPrecondition where the runtime has no gradients.
  virtual absl::Status Gradient(const WindowBatch& windows, absl::Span<const float> direction,
                                absl::Span<float> outputs, absl::Span<float> gradients) const;
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
  // Instead of the manifest's, for models of the direct LSTM kernel; others load as they are. A
  // precision below float32 needs its record in the manifest (precision_record.h),
  // FailedPrecondition else.
  std::optional<Precision> precision;
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
