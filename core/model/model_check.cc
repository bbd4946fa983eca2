#include "core/model/model_check.h"

#include <bit>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"

namespace aifx::model {
namespace {

bool IsFinite(float value) { return (std::bit_cast<uint32_t>(value) & 0x7f800000u) != 0x7f800000u; }

// The index of the first value that is not finite, or the size.
size_t FirstNotFinite(absl::Span<const float> values) {
  size_t i = 0;
  while (i < values.size() && IsFinite(values[i])) ++i;
  return i;
}

}  // namespace

absl::Status CheckWindows(const Manifest& manifest, const features::FeatureSet& feature_set,
                          const WindowBatch& windows, size_t logits_size) {
  const auto features = static_cast<size_t>(manifest.features);
  const size_t window = static_cast<size_t>(manifest.sequence) * features;
  // Divided, not multiplied: a huge batch must not wrap around.
  if (windows.batch == 0 || windows.values.size() / window != windows.batch ||
      windows.values.size() % window != 0) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "windows hold %d values, which is not batch %d x sequence %d x features %d",
        windows.values.size(), windows.batch, manifest.sequence, manifest.features));
  }
  const size_t classes = manifest.classes.size();
  if (logits_size / classes != windows.batch || logits_size % classes != 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("logits have room for %d values, which is not batch %d x classes %d",
                        logits_size, windows.batch, classes));
  }
  const size_t bad = FirstNotFinite(windows.values);
  if (bad == windows.values.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "windows[%d] row %d column %d (%s) is %g, not finite", bad / window, bad % window / features,
      bad % features, feature_set.columns()[bad % features].name, windows.values[bad]));
}

absl::Status CheckGradient(const Manifest& manifest, const features::FeatureSet& feature_set,
                           const WindowBatch& windows, absl::Span<const float> direction,
                           absl::Span<const float> outputs, absl::Span<const float> gradients) {
  const size_t classes = manifest.classes.size();
  AIFX_RETURN_IF_ERROR(CheckWindows(manifest, feature_set, windows, windows.batch * classes));
  if (direction.size() == classes && outputs.size() == windows.batch &&
      gradients.size() == windows.values.size()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "direction, outputs and gradients have room for %d, %d and %d values, not %d classes, batch "
      "%d and %d",
      direction.size(), outputs.size(), gradients.size(), classes, windows.batch,
      windows.values.size()));
}

absl::Status CheckLogits(const Manifest& manifest, absl::Span<const float> logits) {
  const size_t bad = FirstNotFinite(logits);
  if (bad == logits.size()) return absl::OkStatus();
  const size_t classes = manifest.classes.size();
  return absl::InternalError(absl::StrFormat("logit of window %d, class %s is %g, not finite",
                                             bad / classes, manifest.classes[bad % classes],
                                             logits[bad]));
}

absl::Status Model::Gradient(const WindowBatch&, absl::Span<const float>, absl::Span<float>,
                             absl::Span<float>) const {
  return absl::FailedPreconditionError(
      absl::StrCat("runtime ", manifest().runtime, " has no gradients"));
}

absl::Status TrialRun(const Model& model) {
  const Manifest& manifest = model.manifest();
  for (size_t batch : {1, 2}) {
    const std::vector<float> zeros(
        batch * static_cast<size_t>(manifest.sequence * manifest.features), 0.0f);
    std::vector<float> logits(batch * manifest.classes.size());
    const absl::Status status = model.Run({zeros, batch}, absl::MakeSpan(logits));
    if (!status.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat("trial run with batch ", batch, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace aifx::model
