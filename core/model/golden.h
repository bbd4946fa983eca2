#ifndef AIFX_CORE_MODEL_GOLDEN_H_
#define AIFX_CORE_MODEL_GOLDEN_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/model/manifest.h"
#include "core/model/model.h"

namespace aifx::model {

// The file of a version that holds its golden window.
inline constexpr char kGoldenFile[] = "golden.json";

// A feature window and the logits that training computed for it: proof at load that weights,
// program and this machine's arithmetic give what was trained.
struct GoldenWindow {
  std::vector<float> input;   // [sequence, features], row-major, before scaling
  std::vector<float> logits;  // [classes]
};

// {"input": [...], "logits": [...]}; every float survives the way there and back.
std::string GoldenToJson(const GoldenWindow& golden);
// InvalidArgument, naming the key, for sizes that do not agree with the manifest.
absl::StatusOr<GoldenWindow> GoldenFromJson(absl::string_view json, const Manifest& manifest);

// Runs the window alone and as the last of a batch of three. FailedPrecondition, naming the class
// and both numbers, where a logit differs by more than the model's tolerance.
absl::Status CheckGolden(const Model& model, const GoldenWindow& golden);

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_GOLDEN_H_
