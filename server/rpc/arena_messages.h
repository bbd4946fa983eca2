#ifndef AIFX_SERVER_RPC_ARENA_MESSAGES_H_
#define AIFX_SERVER_RPC_ARENA_MESSAGES_H_

#include <google/protobuf/arena.h>
#include <grpcpp/support/message_allocator.h>

#include <array>

namespace aifx::rpc {

// Gives a method's request and answer an arena for each call, so that the parts of both, two for
// each candle, are freed at once instead of one by one on another thread. For the service's
// SetMessageAllocatorFor_...; outlives the service's calls. Thread-safe.
template <typename Request, typename Response>
class ArenaMessages final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return new Holder; }

 private:
  class Holder final : public grpc::MessageHolder<Request, Response> {
   public:
    Holder() : arena_(Options(block_)) {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override { delete this; }

   private:
    // Enough for a request of 120 candles and its answer.
    using Block = std::array<char, 24 << 10>;

    static google::protobuf::ArenaOptions Options(Block& block) {
      google::protobuf::ArenaOptions options;
      options.initial_block = block.data();
      options.initial_block_size = block.size();
      options.max_block_size = 256 << 10;
      return options;
    }

    alignas(16) Block block_;
    google::protobuf::Arena arena_;
  };
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_ARENA_MESSAGES_H_
