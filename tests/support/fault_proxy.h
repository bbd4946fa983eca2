#ifndef AIFX_TESTS_SUPPORT_FAULT_PROXY_H_
#define AIFX_TESTS_SUPPORT_FAULT_PROXY_H_

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "core/base/mutex.h"

namespace aifx::testing {

// An HTTP/1.1 proxy on a free loopback port before a server on another one, that breaks what it
// passes on. Counts what reached the server. Thread-safe; stops when destroyed.
class FaultProxy {
 public:
  enum class Fault {
    kNone,
    kLatency,      // passes on after `latency`, unless the client has gone
    kRefuse,       // connections are refused
    kBlackHole,    // packets that would open a connection are dropped
    kNeverAccept,  // the kernel connects, nobody reads
    kNeverAnswer,  // reads the request and passes nothing on
    kResetBefore,  // the server has answered; the client sees a reset and no byte
    kResetWithin,  // a reset in the middle of the answer
    kResetReused,  // each connection answers once; the next request on it is not passed on
    kTruncate,     // a clean end in the middle of the body
    kGarbage,      // bytes that are no HTTP instead of the answer
    kTooMany,      // 429 with Retry-After: 1, not passed on
    kServerError   // 500, not passed on
  };

  explicit FaultProxy(int server_port);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  std::string Url() const;
  // Holds for requests and connections that begin from now on. A fault of connecting (refuse, black
  // hole, never accept) ends the connections that are there.
  void Set(Fault fault, absl::Duration latency = absl::ZeroDuration());
  // Requests with that method that the server has answered.
  int passed_on(const std::string& method);

 private:
  void AcceptLoop();
  void Serve(int client);
  bool ReadRequest(int client, std::string& buffer, std::string& request) const;
  // False where the connection is to end.
  bool Answer(int client, const std::string& request, int number);
  std::string AskServer(const std::string& request);
  // False where `fd` has an end, or the proxy stops, before the time is over.
  bool WaitQuietly(int fd, absl::Duration time) const;
  void FillBacklog() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int server_port_;
  int port_ = 0;
  int listener_ = -1;
  int stop_ = -1;    // an eventfd that is readable once the proxy stops
  int change_ = -1;  // one that wakes the accept loop
  std::thread accepter_;
  std::vector<std::thread> connections_;  // the accepter's alone until it has ended
  base::Mutex mutex_;
  Fault fault_ ABSL_GUARDED_BY(mutex_) = Fault::kNone;
  absl::Duration latency_ ABSL_GUARDED_BY(mutex_);
  std::vector<int> clients_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> passed_on_ ABSL_GUARDED_BY(mutex_);  // methods
  std::vector<int> fillers_ ABSL_GUARDED_BY(mutex_);            // connections of a black hole
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_FAULT_PROXY_H_
