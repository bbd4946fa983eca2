#ifndef AIFX_SERVER_RPC_WATCH_PREDICTIONS_H_
#define AIFX_SERVER_RPC_WATCH_PREDICTIONS_H_

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/status/statusor.h"
#include "server/rpc/guard.h"
#include "server/rpc/watch_hub.h"

namespace aifx::rpc {

// Every pair at every timeframe of the request, each once. InvalidArgument with every violation.
absl::StatusOr<std::vector<WatchKey>> WatchKeysFromProto(
    const ml::v1::WatchPredictionsRequest& message, const std::string& default_model);

// Starts a WatchPredictions call: `hub` offers it the predictions of what the request names until
// it ends. Nothing of the request is looked at before the guard let the call in, but its size. A
// watcher that reads too slowly loses the oldest of more than 256 that wait, and is told how many.
// The reactor owns itself.
grpc::ServerWriteReactor<ml::v1::WatchPredictionsResponse>* StartWatch(
    CallGuard& guard, WatchHub& hub, const std::string& default_model,
    grpc::CallbackServerContext* context, const ml::v1::WatchPredictionsRequest& request);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_WATCH_PREDICTIONS_H_
