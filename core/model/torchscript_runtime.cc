#include "core/model/torchscript_runtime.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/headeronly/version.h>

#include <atomic>
#include <exception>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "core/model/model_check.h"

namespace aifx::model {
namespace {

// One line of what LibTorch says, which otherwise goes on for a screen.
std::string FirstLine(absl::string_view text) {
  return std::string(text.substr(0, std::min<size_t>(text.find('\n'), 300)));
}

// Runs `function`, and turns what it throws into a status of `code`.
template <typename Function>
absl::Status Guarded(absl::StatusCode code, absl::string_view what, Function&& function) {
  try {
    return function();
  } catch (const c10::Error& error) {
    return absl::Status(code, absl::StrCat(what, ": ", FirstLine(error.what_without_backtrace())));
  } catch (const std::exception& error) {
    return absl::Status(code, absl::StrCat(what, ": ", FirstLine(error.what())));
  } catch (...) {
    return absl::Status(code, absl::StrCat(what, ": unknown exception"));
  }
}

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

// OpenMP keeps its number of threads for each thread that calls it: a new executor would start with
// one a core, which wait for each other in a spin (measured: 4.5 ms instead of 0.6 a window).
void ApplyTensorThreads() {
  thread_local int applied = 0;
  const int wanted = tensor_threads.load(std::memory_order_relaxed);
  if (applied == wanted) return;
  at::set_num_threads(wanted);
  applied = wanted;
}

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

 private:
  absl::Status Forward(const WindowBatch& windows, absl::Span<float> logits) const {
    ApplyTensorThreads();
    const c10::InferenceMode inference;
    // The plain executor: the profiling one compiles anew for the first runs of each shape, which
    // would be seen as slow requests.
    const torch::jit::GraphOptimizerEnabledGuard no_profiling(false);
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
    const at::Tensor& output = value.toTensor();
    const auto classes = static_cast<int64_t>(manifest_.classes.size());
    if (output.sizes() != at::IntArrayRef({batch, classes}) || !output.device().is_cpu() ||
        output.scalar_type() != at::kFloat) {
      return absl::InternalError(
          absl::StrFormat("the program gives %s [%s] on %s instead of Float [%d, %d] on cpu",
                          c10::toString(output.scalar_type()), absl::StrJoin(output.sizes(), ", "),
                          output.device().str(), batch, classes));
    }
    const at::Tensor dense = output.contiguous();
    const float* const values = dense.const_data_ptr<float>();
    std::copy(values, values + logits.size(), logits.begin());
    return absl::OkStatus();
  }

  const Manifest manifest_;
  const features::FeatureSet& feature_set_;
  const torch::jit::Module module_;
  // Calling it is const and safe from several threads.
  mutable torch::jit::Method forward_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const Model>> OpenTorchScript(
    Manifest manifest, const std::string& archive, const features::FeatureSet& feature_set) {
  std::shared_ptr<const Model> model;
  const auto open = [&]() -> absl::Status {
    std::istringstream stream(archive);
    // No device is given: a tensor saved on another one stays there, and is seen and refused.
    torch::jit::Module module = torch::jit::load(stream);
    AIFX_RETURN_IF_ERROR(CheckTensors(module));
    module.eval();
    model = std::make_shared<TorchScriptModel>(std::move(manifest), feature_set,
                                               torch::jit::freeze(module));
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
