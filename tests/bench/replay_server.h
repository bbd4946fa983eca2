#ifndef AIFX_TESTS_BENCH_REPLAY_SERVER_H_
#define AIFX_TESTS_BENCH_REPLAY_SERVER_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/base/mutex.h"

namespace aifx::bench {

// An HTTP/1.1 server on a free loopback port that answers each target with a body from memory: what
// a client of a server costs when that costs nothing. One thread a connection.
class ReplayServer {
 public:
  // The JSON body for a target ("/path?query"); nothing: 404. Called on several threads at once.
  using Answer = std::function<std::optional<std::string>(absl::string_view target)>;

  explicit ReplayServer(Answer answer);
  // The same bodies all along, by target.
  explicit ReplayServer(std::map<std::string, std::string> bodies);
  ~ReplayServer();
  ReplayServer(const ReplayServer&) = delete;
  ReplayServer& operator=(const ReplayServer&) = delete;

  std::string url() const;  // without a slash at the end

 private:
  void Accept();
  void Serve(int connection);
  std::string Reply(absl::string_view head) const;

  const Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  std::thread accepter_;
  base::Mutex mutex_;
  std::vector<int> connections_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_REPLAY_SERVER_H_
