#include "core/model/lstm_runtime.h"

#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/aotinductor_runtime.h"
#include "core/model/flush_denormals.h"
#include "core/model/lstm_kernel.h"
#include "core/model/lstm_weights.h"
#include "core/model/model_check.h"
#include "core/model/precision_record.h"
#include "core/model/torchscript_archive.h"
#include "core/model/torchscript_runtime.h"

namespace aifx::model {
namespace {

class LstmModel final : public Model {
 public:
  // `reference` is the same archive opened by LibTorch, which has the gradients.
  LstmModel(Manifest manifest, const features::FeatureSet& feature_set, const LstmWeights& weights,
            Precision precision, std::shared_ptr<const Model> reference)
      : manifest_(std::move(manifest)),
        feature_set_(feature_set),
        kernel_(weights, precision),
        kernel_name_(absl::StrCat(LstmRuntime(precision), "-", kernel_.instruction_set())),
        tolerance_(precision == Precision::kFloat32 ? manifest_.tolerance
                                                    : NarrowLogitTolerance(manifest_)),
        reference_(std::move(reference)) {}

  const Manifest& manifest() const override { return manifest_; }
  const std::string& kernel() const override { return kernel_name_; }

  absl::Status Run(const WindowBatch& windows, absl::Span<float> logits) const override {
    AIFX_RETURN_IF_ERROR(CheckWindows(manifest_, feature_set_, windows, logits.size()));
    const ScopedFlushDenormals flush;
    kernel_.Run(windows.values.data(), windows.batch, static_cast<size_t>(manifest_.sequence),
                logits.data());
    return CheckLogits(manifest_, logits);
  }

  double tolerance() const override { return tolerance_; }

  absl::Status Gradient(const WindowBatch& windows, absl::Span<const float> direction,
                        absl::Span<float> outputs, absl::Span<float> gradients) const override {
    return reference_->Gradient(windows, direction, outputs, gradients);
  }

 private:
  const Manifest manifest_;
  const features::FeatureSet& feature_set_;
  const LstmKernel kernel_;
  const std::string kernel_name_;
  const double tolerance_;
  const std::shared_ptr<const Model> reference_;
};

absl::Status CheckSizes(const LstmWeights& weights, const Manifest& manifest) {
  if (static_cast<int64_t>(weights.scaler_mean.size()) != manifest.features) {
    return absl::FailedPreconditionError(absl::StrCat("tensor scaler_mean has ",
                                                      weights.scaler_mean.size(),
                                                      " values instead of ", manifest.features));
  }
  if (weights.output.outputs != manifest.classes.size()) {
    return absl::FailedPreconditionError(absl::StrCat("tensor output_bias has ",
                                                      weights.output.outputs, " values instead of ",
                                                      manifest.classes.size()));
  }
  return absl::OkStatus();
}

// More than go through a step together, by vectors or by tiles, and a remainder.
constexpr size_t kCompared = 22;

std::vector<float> WindowsAround(const LstmWeights& weights, size_t sequence) {
  std::mt19937 random(1);
  std::vector<float> values;
  values.reserve(kCompared * sequence * weights.scaler_mean.size());
  for (size_t row = 0; row < kCompared * sequence; ++row) {
    for (size_t c = 0; c < weights.scaler_mean.size(); ++c) {
      const float unit = static_cast<float>(random()) * 0x1p-32f;
      values.push_back(weights.scaler_mean[c] + (6 * unit - 3) * weights.scaler_deviation[c]);
    }
  }
  return values;
}

absl::Status Compare(const Model& kernel, const Model& reference, const LstmWeights& weights) {
  const Manifest& manifest = kernel.manifest();
  const std::vector<float> windows = WindowsAround(weights, static_cast<size_t>(manifest.sequence));
  std::vector<float> ours(kCompared * manifest.classes.size());
  std::vector<float> theirs(ours.size());
  AIFX_RETURN_IF_ERROR(kernel.Run({windows, kCompared}, absl::MakeSpan(ours)));
  AIFX_RETURN_IF_ERROR(reference.Run({windows, kCompared}, absl::MakeSpan(theirs)));
  for (size_t i = 0; i < ours.size(); ++i) {
    if (std::abs(ours[i] - theirs[i]) <= kernel.tolerance()) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "the direct kernel gives ", ours[i], " for the logit of ",
        manifest.classes[i % manifest.classes.size()], " where LibTorch gives ", theirs[i],
        " (tolerance ", kernel.tolerance(), "): the program is not the LSTM of its tensors"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Model>> OpenLstm(Manifest manifest, const std::string& archive,
                                                      const features::FeatureSet& feature_set,
                                                      Precision precision) {
  AIFX_ASSIGN_OR_RETURN(const std::shared_ptr<const Model> reference,
                        OpenTorchScript(manifest, archive, feature_set));
  AIFX_ASSIGN_OR_RETURN(const std::vector<NamedTensor> tensors, ReadTorchScript(archive));
  AIFX_ASSIGN_OR_RETURN(const LstmWeights weights, LstmWeightsOf(tensors));
  AIFX_RETURN_IF_ERROR(CheckSizes(weights, manifest));
  const auto exact =
      std::make_shared<LstmModel>(manifest, feature_set, weights, Precision::kFloat32, reference);
  AIFX_RETURN_IF_ERROR(Compare(*exact, *reference, weights));
  if (precision == Precision::kFloat32) return exact;
  const auto model =
      std::make_shared<LstmModel>(std::move(manifest), feature_set, weights, precision, reference);
  AIFX_RETURN_IF_ERROR(Compare(*model, *reference, weights));
  return model;
}

absl::StatusOr<std::shared_ptr<const Model>> OpenArchive(Manifest manifest,
                                                         const std::string& archive,
                                                         const features::FeatureSet& feature_set) {
  if (const auto precision = LstmPrecision(manifest.runtime); precision.has_value()) {
    return OpenLstm(std::move(manifest), archive, feature_set, *precision);
  }
  if (manifest.runtime == kAotInductorRuntime) {
    return OpenAotInductor(std::move(manifest), archive, feature_set);
  }
  return OpenTorchScript(std::move(manifest), archive, feature_set);
}

const char* ArchiveFile(const Manifest& manifest) {
  return manifest.runtime == kAotInductorRuntime ? kAotInductorFile : kTorchScriptFile;
}

}  // namespace aifx::model
