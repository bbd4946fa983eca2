#include "core/model/aotinductor_runtime.h"

#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/inductor/aoti_package/model_package_loader.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "core/base/status_macros.h"
#include "core/model/flush_denormals.h"
#include "core/model/model_check.h"
#include "core/model/torch_calls.h"

namespace aifx::model {
namespace {

namespace fs = std::filesystem;

using Loader = torch::inductor::AOTIModelPackageLoader;

// The name under which aoti_compile_and_package packs a single model.
constexpr char kPackedName[] = "model";

// Windows that may be computed at once; more callers wait for each other.
constexpr size_t kRunners = 8;

// A folder that only this user can read, removed with everything in it.
class PrivateFolder {
 public:
  static absl::StatusOr<PrivateFolder> Make() {
    std::error_code error;
    const fs::path base = fs::temp_directory_path(error);
    std::string pattern = (error ? fs::path("/tmp") : base) / "aifx-model-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
      return absl::UnavailableError(absl::StrCat("cannot make a folder like ", pattern));
    }
    return PrivateFolder(pattern);
  }
  PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  absl::StatusOr<std::string> Write(const std::string& name, const std::string& content) const {
    const std::string path = path_ / name;
    std::ofstream file(path, std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    if (file.good()) return path;
    return absl::UnavailableError(absl::StrCat("cannot write ", path));
  }

 private:
  explicit PrivateFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

class AotInductorModel final : public Model {
 public:
  AotInductorModel(Manifest manifest, const features::FeatureSet& feature_set,
                   std::unique_ptr<Loader> loader, std::string kernel)
      : manifest_(std::move(manifest)),
        feature_set_(feature_set),
        loader_(std::move(loader)),
        kernel_(std::move(kernel)) {}

  const Manifest& manifest() const override { return manifest_; }
  const std::string& kernel() const override { return kernel_; }

  absl::Status Run(const WindowBatch& windows, absl::Span<float> logits) const override {
    AIFX_RETURN_IF_ERROR(CheckWindows(manifest_, feature_set_, windows, logits.size()));
    AIFX_RETURN_IF_ERROR(Guarded(absl::StatusCode::kInternal, "the model's package failed",
                                 [&] { return Forward(windows, logits); }));
    return CheckLogits(manifest_, logits);
  }

 private:
  absl::Status Forward(const WindowBatch& windows, absl::Span<float> logits) const {
    ApplyTensorThreads();
    const c10::InferenceMode inference;
    const ScopedFlushDenormals flush;
    // The code only reads its input.
    const std::vector<at::Tensor> outputs = loader_->run({at::from_blob(
        const_cast<float*>(windows.values.data()),
        {static_cast<int64_t>(windows.batch), manifest_.sequence, manifest_.features},
        at::kFloat)});
    if (outputs.size() != 1) {
      return absl::InternalError(
          absl::StrCat("the package gives ", outputs.size(), " tensors instead of one"));
    }
    return CopyLogits(outputs[0], manifest_, windows.batch, logits);
  }

  const Manifest manifest_;
  const features::FeatureSet& feature_set_;
  const std::unique_ptr<Loader> loader_;  // its calls may come from several threads
  const std::string kernel_;
};

using Metadata = std::unordered_map<std::string, std::string>;

absl::Status CheckValue(const Metadata& metadata, const std::string& key,
                        const std::string& wanted) {
  const auto found = metadata.find(key);
  const std::string value = found == metadata.end() ? "(nothing)" : found->second;
  if (value == wanted) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the package's ", key, " is ", value, ", not ", wanted));
}

// Reads what the package says of itself; nothing of it runs yet.
absl::StatusOr<std::string> CheckedInstructionSets(const std::string& path) {
  const Metadata metadata = Loader::load_metadata_from_package(path, kPackedName);
  AIFX_RETURN_IF_ERROR(CheckValue(metadata, "AOTI_DEVICE_KEY", "cpu"));
  AIFX_RETURN_IF_ERROR(CheckValue(metadata, "AOTI_PLATFORM", "linux"));
#if defined(__x86_64__)
  AIFX_RETURN_IF_ERROR(CheckValue(metadata, "AOTI_MACHINE", "x86_64"));
#elif defined(__aarch64__)
  AIFX_RETURN_IF_ERROR(CheckValue(metadata, "AOTI_MACHINE", "aarch64"));
#endif
  const auto sets = metadata.find("AOTI_CPU_ISA");
  if (sets == metadata.end() || sets->second.empty()) {
    return absl::FailedPreconditionError("the package does not record its instruction set");
  }
  AIFX_RETURN_IF_ERROR(CheckInstructionSets(sets->second));
  return sets->second;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Model>> OpenAotInductor(
    Manifest manifest, const std::string& package, const features::FeatureSet& feature_set) {
  AIFX_ASSIGN_OR_RETURN(const PrivateFolder folder, PrivateFolder::Make());
  AIFX_ASSIGN_OR_RETURN(const std::string path, folder.Write(kAotInductorFile, package));
  std::shared_ptr<const Model> model;
  const auto open = [&]() -> absl::Status {
    AIFX_ASSIGN_OR_RETURN(const std::string sets, CheckedInstructionSets(path));
    auto loader =
        std::make_unique<Loader>(path, kPackedName, /*run_single_threaded=*/false, kRunners);
    std::string kernel = absl::StrCat(
        kAotInductorRuntime, "-", absl::StrReplaceAll(absl::AsciiStrToLower(sets), {{" ", "-"}}));
    model = std::make_shared<AotInductorModel>(std::move(manifest), feature_set, std::move(loader),
                                               std::move(kernel));
    return absl::OkStatus();
  };
  AIFX_RETURN_IF_ERROR(Guarded(absl::StatusCode::kFailedPrecondition,
                               "the AOTInductor package cannot be opened", open));
  AIFX_RETURN_IF_ERROR(TrialRun(*model));
  return model;
}

}  // namespace aifx::model
