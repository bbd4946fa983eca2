#include "core/model/golden.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/strict_json.h"

namespace aifx::model {
namespace {

absl::StatusOr<std::vector<float>> Floats(const std::vector<double>& values, absl::string_view key,
                                          int64_t wanted) {
  if (static_cast<int64_t>(values.size()) != wanted) {
    return absl::InvalidArgumentError(absl::StrCat(kGoldenFile, ": ", key, " has ", values.size(),
                                                   " values instead of ", wanted));
  }
  return std::vector<float>(values.begin(), values.end());
}

absl::Status CheckBatch(const Model& model, const GoldenWindow& golden, size_t batch) {
  const size_t size = golden.input.size();
  std::vector<float> values(batch * size, 0.0f);
  std::copy(golden.input.begin(), golden.input.end(), values.end() - static_cast<ptrdiff_t>(size));
  const size_t classes = golden.logits.size();
  std::vector<float> logits(batch * classes);
  AIFX_RETURN_IF_ERROR(model.Run({values, batch}, absl::MakeSpan(logits)));
  for (size_t c = 0; c < classes; ++c) {
    const double logit = logits[(batch - 1) * classes + c];
    if (!(std::abs(logit - golden.logits[c]) <= model.tolerance())) {
      return absl::FailedPreconditionError(
          absl::StrCat("golden window: the logit of ", model.manifest().classes[c], " is ", logit,
                       " instead of ", golden.logits[c], " (tolerance ", model.tolerance(), ")"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string GoldenToJson(const GoldenWindow& golden) {
  return DumpJson({{"input", golden.input}, {"logits", golden.logits}}) + "\n";
}

absl::StatusOr<GoldenWindow> GoldenFromJson(absl::string_view text, const Manifest& manifest) {
  AIFX_ASSIGN_OR_RETURN(const nlohmann::json parsed, ParseJson(text, kGoldenFile));
  StrictObject object(parsed, kGoldenFile);
  const std::vector<double> input = object.Numbers("input");
  const std::vector<double> logits = object.Numbers("logits");
  AIFX_RETURN_IF_ERROR(object.Finish());
  GoldenWindow golden;
  AIFX_ASSIGN_OR_RETURN(golden.input,
                        Floats(input, "input", manifest.sequence * manifest.features));
  AIFX_ASSIGN_OR_RETURN(golden.logits,
                        Floats(logits, "logits", static_cast<int64_t>(manifest.classes.size())));
  return golden;
}

absl::Status CheckGolden(const Model& model, const GoldenWindow& golden) {
  AIFX_RETURN_IF_ERROR(CheckBatch(model, golden, 1));
  return CheckBatch(model, golden, 3);
}

}  // namespace aifx::model
