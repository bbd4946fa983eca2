#ifndef AIFX_SERVER_RPC_INFERENCE_INFER_STREAM_H_
#define AIFX_SERVER_RPC_INFERENCE_INFER_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>

#include "core/base/mutex.h"
#include "inference/grpc_service.pb.h"
#include "server/rpc/guard.h"
#include "server/rpc/inference/model_inference.h"

namespace aifx::rpc {

class InferStream;

// The open streams of a service, to end them when the server leaves. Thread-safe; outlives them.
class InferStreams {
 public:
  // Ends every stream, and each one that opens from now on: what has been read is answered, then it
  // ends with UNAVAILABLE.
  void EndAll();

 private:
  friend class InferStream;

  // False where streams are being ended.
  bool Add(const std::shared_ptr<InferStream>& stream);
  void Remove(const std::shared_ptr<InferStream>& stream);

  base::Mutex mutex_;
  std::set<std::shared_ptr<InferStream>> open_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
};

// One ModelStreamInfer call. Up to eight requests of a stream are under way at once; no more are
// read until the oldest is answered. Answers come in the order of the requests.
class InferStream final : public grpc::ServerBidiReactor<::inference::ModelInferRequest,
                                                         ::inference::ModelStreamInferResponse>,
                          public std::enable_shared_from_this<InferStream> {
 public:
  // gRPC owns what is returned. `streams` and `inference` outlive it. A request of more than
  // `max_bytes` is answered RESOURCE_EXHAUSTED.
  static InferStream* Start(std::unique_ptr<StreamCall> call, const ModelInference& inference,
                            InferStreams& streams, size_t max_bytes);

  // Reads no more; ends with UNAVAILABLE once everything is answered.
  void End();

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  // A request's place among the answers.
  struct Slot {
    std::string id;
    bool answered = false;
    ::inference::ModelStreamInferResponse message;
  };

  InferStream(std::unique_ptr<StreamCall> call, const ModelInference& inference,
              InferStreams& streams, size_t max_bytes);

  void Answered(Slot& slot, const absl::Status& status);
  // Starts what can be started now: the next read, the next write, or the end.
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::unique_ptr<StreamCall> call_;
  const ModelInference& inference_;
  InferStreams& streams_;
  const size_t max_bytes_;
  ::inference::ModelInferRequest request_;  // the read's; nobody else's while reading_

  base::Mutex mutex_;
  std::deque<std::unique_ptr<Slot>> slots_ ABSL_GUARDED_BY(mutex_);
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;  // until the request was handed on
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;  // the first slot's message
  bool no_more_ ABSL_GUARDED_BY(mutex_) = false;  // the caller has closed its side
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_INFERENCE_INFER_STREAM_H_
