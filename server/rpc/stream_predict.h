#ifndef AIFX_SERVER_RPC_STREAM_PREDICT_H_
#define AIFX_SERVER_RPC_STREAM_PREDICT_H_

#include <grpcpp/grpcpp.h>

#include <string>

#include "aifx/ml/v1/prediction_service.pb.h"
#include "server/rpc/guard.h"
#include "server/rpc/prediction_engine.h"

namespace aifx::rpc {

// What a stream works with; all outlive it.
struct StreamPredictDeps {
  CallGuard& guard;
  PredictionEngine& engine;
  std::string default_model;
};

// Starts a StreamPredict call: one candle at a time is read, predicted from and answered, so that a
// caller who writes faster waits. The reactor owns itself.
grpc::ServerBidiReactor<ml::v1::StreamPredictRequest, ml::v1::StreamPredictResponse>*
StartStreamPredict(const StreamPredictDeps& deps, grpc::CallbackServerContext* context);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_STREAM_PREDICT_H_
