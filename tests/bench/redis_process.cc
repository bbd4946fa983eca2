#include "tests/bench/redis_process.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/events/message.h"
#include "core/base/status_macros.h"
#include "tests/support/loopback_socket.h"
#include "tests/support/redis_server.h"

namespace aifx::bench {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(20);

}  // namespace

absl::StatusOr<RedisProcess> RedisProcess::Start(const std::string& folder) {
  const int taken = testing::BoundSocket(0);
  const int port = testing::PortOf(taken);
  ::close(taken);
  AIFX_ASSIGN_OR_RETURN(auto process, testing::StartRedisServer(port, folder));
  AIFX_ASSIGN_OR_RETURN(auto connection, events::RedisConnection::Open(
                                             {.host = "127.0.0.1", .port = port}, kPatience));
  return RedisProcess(absl::StrCat("redis://127.0.0.1:", port), std::move(process),
                      std::move(connection));
}

absl::Status RedisProcess::AwaitSubscriber() {
  const absl::Time deadline = absl::Now() + kPatience;
  while (absl::Now() < deadline) {
    AIFX_RETURN_IF_ERROR(connection_->Send({"PUBSUB", "CHANNELS", events::kNewMarketData}));
    AIFX_ASSIGN_OR_RETURN(const auto answers, connection_->ReadArrays());
    for (const auto& channels : answers) {
      if (!channels.empty()) return absl::OkStatus();
    }
  }
  return absl::DeadlineExceededError("the server does not listen to Redis");
}

absl::Status RedisProcess::Publish(const std::vector<std::string>& messages) {
  std::vector<std::string> command = {
      "EVAL", "for i = 2, #ARGV do redis.call('PUBLISH', ARGV[1], ARGV[i]) end", "0",
      events::kNewMarketData};
  command.insert(command.end(), messages.begin(), messages.end());
  return connection_->Command(command);
}

}  // namespace aifx::bench
