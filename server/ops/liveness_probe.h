#ifndef AIFX_SERVER_OPS_LIVENESS_PROBE_H_
#define AIFX_SERVER_OPS_LIVENESS_PROBE_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/ops/tcp_connection.h"

namespace aifx::ops {

struct ProbeTarget {
  TcpAddress address;
  bool tls = false;  // what the server speaks there
};

// Opens a new connection to a gRPC server and closes it again. A listener that no longer accepts
// (gRPC 1.51 after it ran out of descriptors) is only noticed this way: connections that are open
// already go on. In plaintext it calls grpc.health.v1.Health/Check and is content with any answer;
// with TLS, where only the server knows which clients it trusts, with the first record of a
// handshake. Written to the socket by hand (RFC 9113), because a channel of the gRPC library costs
// threads, and destroying one can abort the process.
// ResourceExhausted where the connection is closed before a byte came: somebody accepts, but has no
// room. DeadlineExceeded after `timeout`, Unavailable otherwise; the message says what did not
// come.
absl::Status ProbeGrpcServer(const ProbeTarget& target, absl::Duration timeout);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_LIVENESS_PROBE_H_
