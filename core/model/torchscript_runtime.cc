#include "core/model/torchscript_runtime.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/headeronly/version.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/flush_denormals.h"
#include "core/model/model_check.h"
#include "core/model/torch_calls.h"

namespace aifx::model {
namespace {

absl::Status CheckTensor(const std::string& name, const at::Tensor& tensor) {
  if (!tensor.device().is_cpu()) {
    return absl::FailedPreconditionError(
        absl::StrCat("tensor ", name, " is on device ", tensor.device().str(), ", not on the CPU"));
  }
  if (tensor.scalar_type() != at::kFloat || tensor.layout() != at::kStrided) {
    return absl::FailedPreconditionError(absl::StrCat(
        "tensor ", name, " holds ", c10::toString(tensor.scalar_type()), ", not dense float32"));
  }
  if (!at::isfinite(tensor).all().item<bool>()) {
    return absl::FailedPreconditionError(
        absl::StrCat("tensor ", name, " has values that are not finite"));
  }
  return absl::OkStatus();
}

absl::Status CheckTensors(const torch::jit::Module& module) {
  for (const auto& parameter : module.named_parameters()) {
    AIFX_RETURN_IF_ERROR(CheckTensor(parameter.name, parameter.value));
  }
  for (const auto& buffer : module.named_buffers()) {
    AIFX_RETURN_IF_ERROR(CheckTensor(buffer.name, buffer.value));
  }
  return absl::OkStatus();
}

std::atomic<int> tensor_threads{1};

class TorchScriptModel final : public Model {
 public:
  TorchScriptModel(Manifest manifest, const features::FeatureSet& feature_set,
                   torch::jit::Module module)
      : manifest_(std::move(manifest)),
        feature_set_(feature_set),
        module_(std::move(module)),
        forward_(module_.get_method("forward")) {}

  const Manifest& manifest() const override { return manifest_; }
  const std::string& kernel() const override {
    static const auto* const name = new std::string("torchscript-f32");
    return *name;
  }

  absl::Status Run(const WindowBatch& windows, absl::Span<float> logits) const override {
    AIFX_RETURN_IF_ERROR(CheckWindows(manifest_, feature_set_, windows, logits.size()));
    AIFX_RETURN_IF_ERROR(Guarded(absl::StatusCode::kInternal, "the model's program failed",
                                 [&] { return Forward(windows, logits); }));
    return CheckLogits(manifest_, logits);
  }

  absl::Status Gradient(const WindowBatch& windows, absl::Span<const float> direction,
                        absl::Span<float> outputs, absl::Span<float> gradients) const override {
    AIFX_RETURN_IF_ERROR(
        CheckGradient(manifest_, feature_set_, windows, direction, outputs, gradients));
    return Guarded(absl::StatusCode::kInternal, "the model's program has no gradient",
                   [&] { return Differentiate(windows, direction, outputs, gradients); });
  }

 private:
  absl::Status Forward(const WindowBatch& windows, absl::Span<float> logits) const {
    ApplyTensorThreads();
    const c10::InferenceMode inference;
    // The plain executor: the profiling one compiles anew for the first runs of each shape, which
    // would be seen as slow requests.
    const torch::jit::GraphOptimizerEnabledGuard no_profiling(false);
    const ScopedFlushDenormals flush;
    const auto batch = static_cast<int64_t>(windows.batch);
    // The program only reads its input.
    std::vector<c10::IValue> inputs = {
        at::from_blob(const_cast<float*>(windows.values.data()),
                      {batch, manifest_.sequence, manifest_.features}, at::kFloat)};
    const c10::IValue value = forward_(std::move(inputs));
    if (!value.isTensor()) {
      return absl::InternalError(
          absl::StrCat("the program gives ", value.tagKind(), " instead of a tensor"));
    }
    return CopyLogits(value.toTensor(), manifest_, windows.batch, logits);
  }

  absl::Status Differentiate(const WindowBatch& windows, absl::Span<const float> direction,
                             absl::Span<float> outputs, absl::Span<float> gradients) const {
    ApplyTensorThreads();
    const at::AutoGradMode differentiates(true);
    const torch::jit::GraphOptimizerEnabledGuard no_profiling(false);
    const auto batch = static_cast<int64_t>(windows.batch);
    const at::Tensor input =
        at::from_blob(const_cast<float*>(windows.values.data()),
                      {batch, manifest_.sequence, manifest_.features}, at::kFloat)
            .clone()
            .requires_grad_(true);
    const c10::IValue value = forward_({input});
    if (!value.isTensor() || !value.toTensor().requires_grad()) {
      return absl::FailedPreconditionError("the program's output has no gradient");
    }
    const at::Tensor weights = at::from_blob(const_cast<float*>(direction.data()),
                                             {static_cast<int64_t>(direction.size())}, at::kFloat);
    const at::Tensor explained = at::mv(value.toTensor(), weights);
    const at::Tensor gradient =
        torch::autograd::grad({explained.sum()}, {input}).front().contiguous();
    const at::Tensor values = explained.detach().contiguous();
    std::copy_n(values.const_data_ptr<float>(), outputs.size(), outputs.begin());
    std::copy_n(gradient.const_data_ptr<float>(), gradients.size(), gradients.begin());
    return absl::OkStatus();
  }

  const Manifest manifest_;
  const features::FeatureSet& feature_set_;
  const torch::jit::Module module_;
  // Calling it is const and safe from several threads.
  mutable torch::jit::Method forward_;
};

// The program must not move its work to another device, which a tensor's place does not show.
absl::Status CheckDevices(const torch::jit::Block& block) {
  for (const torch::jit::Node* node : block.nodes()) {
    for (const torch::jit::Block* inner : node->blocks()) {
      AIFX_RETURN_IF_ERROR(CheckDevices(*inner));
    }
    if (node->kind() != c10::prim::Constant || node->outputs().size() != 1) continue;
    const std::optional<c10::IValue> value = torch::jit::toIValue(node->output());
    if (value.has_value() && value->isDevice() && !value->toDevice().is_cpu()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the program works on device ", value->toDevice().str(), ", not on the CPU"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

void ApplyTensorThreads() {
  thread_local int applied = 0;
  const int wanted = tensor_threads.load(std::memory_order_relaxed);
  if (applied == wanted) return;
  at::set_num_threads(wanted);
  applied = wanted;
}

absl::StatusOr<std::shared_ptr<const Model>> OpenTorchScript(
    Manifest manifest, const std::string& archive, const features::FeatureSet& feature_set) {
  std::shared_ptr<const Model> model;
  const auto open = [&]() -> absl::Status {
    std::istringstream stream(archive);
    // No device is given: a tensor saved on another one stays there, and is seen and refused.
    torch::jit::Module module = torch::jit::load(stream);
    AIFX_RETURN_IF_ERROR(CheckTensors(module));
    module.eval();
    torch::jit::Module frozen = torch::jit::freeze(module);
    AIFX_RETURN_IF_ERROR(CheckDevices(*frozen.get_method("forward").graph()->block()));
    model = std::make_shared<TorchScriptModel>(std::move(manifest), feature_set, std::move(frozen));
    return absl::OkStatus();
  };
  AIFX_RETURN_IF_ERROR(Guarded(absl::StatusCode::kFailedPrecondition,
                               "the TorchScript archive cannot be opened", open));
  AIFX_RETURN_IF_ERROR(TrialRun(*model));
  return model;
}

void SetTensorThreads(int threads) {
  tensor_threads.store(threads, std::memory_order_relaxed);
  ApplyTensorThreads();
  // It can be set once a process, before its first use; a second call throws.
  static const bool once = [] {
    try {
      at::set_num_interop_threads(1);
    } catch (const std::exception&) {
      return false;
    }
    return true;
  }();
  static_cast<void>(once);
}

std::string TensorLibraryVersion() {
  return absl::StrCat(TORCH_VERSION_MAJOR, ".", TORCH_VERSION_MINOR, ".", TORCH_VERSION_PATCH);
}

}  // namespace aifx::model
