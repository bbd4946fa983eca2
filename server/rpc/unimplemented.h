#ifndef AIFX_SERVER_RPC_UNIMPLEMENTED_H_
#define AIFX_SERVER_RPC_UNIMPLEMENTED_H_

#include <grpcpp/grpcpp.h>

// Streams of the contract that do not exist yet: they end at once with the status given.
namespace aifx::rpc {

template <typename Response>
class UnimplementedServerStream final : public grpc::ServerWriteReactor<Response> {
 public:
  explicit UnimplementedServerStream(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

template <typename Request, typename Response>
class UnimplementedBidiStream final : public grpc::ServerBidiReactor<Request, Response> {
 public:
  explicit UnimplementedBidiStream(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_UNIMPLEMENTED_H_
