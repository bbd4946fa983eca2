#ifndef AIFX_CORE_MODEL_TORCHSCRIPT_RUNTIME_H_
#define AIFX_CORE_MODEL_TORCHSCRIPT_RUNTIME_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/features/feature_set.h"
#include "core/model/manifest.h"
#include "core/model/model.h"

namespace aifx::model {

// The file of a "torchscript" version that holds its program.
inline constexpr char kTorchScriptFile[] = "model.pt";

// Opens a TorchScript archive whose forward(Tensor) takes windows [batch, sequence, features] and
// gives logits [batch, classes]. FailedPrecondition, saying what, where it is no archive, has
// weights that are not finite float32 on the CPU, or a trial run does not give that shape.
// `feature_set` names the columns in messages and must outlive the model.
absl::StatusOr<std::shared_ptr<const Model>> OpenTorchScript(
    Manifest manifest, const std::string& archive, const features::FeatureSet& feature_set);

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_TORCHSCRIPT_RUNTIME_H_
