#ifndef AIFX_CORE_MODEL_AOTINDUCTOR_RUNTIME_H_
#define AIFX_CORE_MODEL_AOTINDUCTOR_RUNTIME_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/features/feature_set.h"
#include "core/model/manifest.h"
#include "core/model/model.h"

namespace aifx::model {

// The file of an "aotinductor" version that holds its package.
inline constexpr char kAotInductorFile[] = "model.pt2";

// Opens a package that torch._inductor.aoti_compile_and_package made of a model with a dynamic
// batch dimension: forward(Tensor [batch, sequence, features]) -> logits [batch, classes], float32.
// It is machine code, which runs as soon as it is opened; the device and the instruction set that
// the package records are therefore compared with this machine's before. Compile it with one thread
// (torch.set_num_threads(1)): the number is compiled in. Errors as OpenTorchScript.
//
// LibTorch opens packages by their path: the bytes are written to a private folder of the system's
// temporary one, which is gone again when this returns.
absl::StatusOr<std::shared_ptr<const Model>> OpenAotInductor(
    Manifest manifest, const std::string& package, const features::FeatureSet& feature_set);

// Whether this processor has the instruction sets named, separated by spaces, as AOTInductor names
// them ("AVX512 AVX512_VNNI"). FailedPrecondition, naming the one that is absent or not known.
absl::Status CheckInstructionSets(absl::string_view names);

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_AOTINDUCTOR_RUNTIME_H_
