#include "core/serving/warm_up.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"

namespace aifx::serving {

absl::Status WarmUp(const model::Model& model, absl::Span<const size_t> batches) {
  if (batches.empty()) return absl::OkStatus();
  const model::Manifest& manifest = model.manifest();
  const auto window = static_cast<size_t>(manifest.sequence * manifest.features);
  const size_t classes = manifest.classes.size();
  const size_t largest = *std::max_element(batches.begin(), batches.end());
  const std::vector<float> zeros(largest * window, 0.0f);
  std::vector<float> logits(largest * classes);
  for (const size_t batch : batches) {
    for (int round = 0; round < 2; ++round) {
      const absl::Status ran = model.Run({absl::MakeConstSpan(zeros).first(batch * window), batch},
                                         absl::MakeSpan(logits).first(batch * classes));
      if (ran.ok()) continue;
      return absl::FailedPreconditionError(
          absl::StrCat("warm-up with batch ", batch, ": ", ran.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace aifx::serving
