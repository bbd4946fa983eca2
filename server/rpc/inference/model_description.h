#ifndef AIFX_SERVER_RPC_INFERENCE_MODEL_DESCRIPTION_H_
#define AIFX_SERVER_RPC_INFERENCE_MODEL_DESCRIPTION_H_

#include "core/model/manifest.h"
#include "core/serving/registry.h"
#include "inference/grpc_service.pb.h"

// What a model is, in the protocol's words.
namespace aifx::rpc {

// Name, platform and tensors; the versions are the caller's to add.
void ToProto(const model::Manifest& manifest, ::inference::ModelMetadataResponse& message);

void ToProto(const model::Manifest& manifest, ::inference::ModelConfig& message);

// The view's reason is copied as it is.
void ToProto(const serving::VersionView& view,
             ::inference::RepositoryIndexResponse::ModelIndex& message);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_INFERENCE_MODEL_DESCRIPTION_H_
