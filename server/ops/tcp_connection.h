#ifndef AIFX_SERVER_OPS_TCP_CONNECTION_H_
#define AIFX_SERVER_OPS_TCP_CONNECTION_H_

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace aifx::ops {

struct TcpAddress {
  std::string host = "127.0.0.1";  // an address, without brackets; of all interfaces: loopback
  int port = 0;
};

// One connection to a port of this machine, for a short exchange. Everything ends together at its
// timeout (DeadlineExceeded); Unavailable for what fails on the network. Thread-compatible.
class TcpConnection {
 public:
  // `timeout` from now on, by the steady clock.
  explicit TcpConnection(absl::Duration timeout);
  ~TcpConnection();
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  // Once, before all others.
  absl::Status Open(const TcpAddress& address);
  absl::Status Send(absl::string_view bytes);
  // So many bytes, neither less nor more. Aborted where the other side closes before.
  absl::StatusOr<std::string> Receive(size_t bytes);

 private:
  absl::Status WaitFor(short events, absl::string_view what) const;

  const std::chrono::steady_clock::time_point end_;
  int descriptor_ = -1;
};

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_TCP_CONNECTION_H_
