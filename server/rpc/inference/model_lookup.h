#ifndef AIFX_SERVER_RPC_INFERENCE_MODEL_LOOKUP_H_
#define AIFX_SERVER_RPC_INFERENCE_MODEL_LOOKUP_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/model/model.h"
#include "core/serving/registry.h"

namespace aifx::rpc {

// The version that a name and a version's text mean; an empty text is the active one. NotFound for
// what the store does not have or has not loaded, and for text that is no version;
// InvalidArgument without a name.
absl::StatusOr<std::shared_ptr<const model::Model>> FindModel(
    const serving::ModelRegistry& registry, const std::string& name, const std::string& version);

// Whether the store has it, loaded or not.
bool StoreHas(const serving::ModelRegistry& registry, const std::string& name,
              const std::string& version);

// A version's text as a number; 0 for an empty text, nothing for what is no version.
absl::StatusOr<int64_t> VersionFromText(const std::string& name, const std::string& version);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_INFERENCE_MODEL_LOOKUP_H_
