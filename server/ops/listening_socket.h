#ifndef AIFX_SERVER_OPS_LISTENING_SOCKET_H_
#define AIFX_SERVER_OPS_LISTENING_SOCKET_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/ops/file_descriptor.h"

namespace aifx::ops {

struct ListeningSockets {
  std::vector<FileDescriptor> sockets;  // one an address of the host; not blocking
  int port = 0;
};

// Listens on every address of `host` with the same port; port 0 takes a free one. The port is never
// shared with another process. InvalidArgument where the host has no address; Unavailable where the
// port is taken or the address is not of this machine.
absl::StatusOr<ListeningSockets> ListenOn(const std::string& host, int port);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_LISTENING_SOCKET_H_
