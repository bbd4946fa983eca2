#ifndef AIFX_CORE_MODEL_LSTM_RUNTIME_H_
#define AIFX_CORE_MODEL_LSTM_RUNTIME_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/features/feature_set.h"
#include "core/model/manifest.h"
#include "core/model/model.h"

namespace aifx::model {

// Opens the archive of an LSTM that core/training fitted on the direct kernel (lstm_kernel.h).
// LibTorch opens the same archive beside it, and both must agree within the model's tolerance on
// windows spread over six deviations around the scaler's means: a program that is not this network
// is refused. A precision below float32 is compared too, after float32. Errors as OpenTorchScript,
// and FailedPrecondition naming the tensor, or the logit that differs.
absl::StatusOr<std::shared_ptr<const Model>> OpenLstm(Manifest manifest, const std::string& archive,
                                                      const features::FeatureSet& feature_set,
                                                      Precision precision);

// Opens an archive with the runtime that its manifest names.
absl::StatusOr<std::shared_ptr<const Model>> OpenArchive(Manifest manifest,
                                                         const std::string& archive,
                                                         const features::FeatureSet& feature_set);

// The name of the version's file that OpenArchive takes.
const char* ArchiveFile(const Manifest& manifest);

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_LSTM_RUNTIME_H_
