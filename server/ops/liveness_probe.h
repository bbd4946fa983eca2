#ifndef AIFX_SERVER_OPS_LIVENESS_PROBE_H_
#define AIFX_SERVER_OPS_LIVENESS_PROBE_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/ops/tcp_connection.h"

namespace aifx::ops {

// Opens a new connection to a plaintext gRPC server, calls grpc.health.v1.Health/Check on it and
// closes it: OK as soon as the server answers that call, whatever it says. A listener that no
// longer accepts (gRPC 1.51 after it ran out of descriptors) is only noticed this way: connections
// that are open already go on. Written to the socket by hand (RFC 9113), because a channel of the
// gRPC library costs threads, and destroying one can abort the process.
// DeadlineExceeded after `timeout`, Unavailable otherwise; the message says what did not come.
absl::Status ProbeGrpcServer(const TcpAddress& target, absl::Duration timeout);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_LIVENESS_PROBE_H_
