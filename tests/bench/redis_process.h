#ifndef AIFX_TESTS_BENCH_REDIS_PROCESS_H_
#define AIFX_TESTS_BENCH_REDIS_PROCESS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/events/redis_connection.h"
#include "tests/support/child_process.h"

namespace aifx::bench {

// A redis-server of its own on a free port, and a connection to it. It ends with this object.
class RedisProcess {
 public:
  // Its files, should it write any, go into `folder`. Unavailable where it does not start.
  static absl::StatusOr<RedisProcess> Start(const std::string& folder);

  const std::string& url() const { return url_; }
  // Waits until somebody listens to new candles. DeadlineExceeded after 20 s.
  absl::Status AwaitSubscriber();
  // Announces new candles, all at once.
  absl::Status Publish(const std::vector<std::string>& messages);

 private:
  RedisProcess(std::string url, testing::ChildProcess process,
               std::unique_ptr<events::RedisConnection> connection)
      : url_(std::move(url)), process_(std::move(process)), connection_(std::move(connection)) {}

  std::string url_;
  testing::ChildProcess process_;
  std::unique_ptr<events::RedisConnection> connection_;
};

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_REDIS_PROCESS_H_
