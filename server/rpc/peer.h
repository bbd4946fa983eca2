#ifndef AIFX_SERVER_RPC_PEER_H_
#define AIFX_SERVER_RPC_PEER_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace aifx::rpc {

// Whether a caller, as grpc::ServerContext::peer() names it (`ipv4:127.0.0.1:4711`,
// `ipv6:[::1]:4711`, its brackets percent-encoded by newer gRPC, `unix:...`), is on this machine.
// False for what it does not understand.
bool IsLocalPeer(absl::string_view peer);

// OK for a local peer and where `allow_remote`; else PermissionDenied, which names the setting.
// A proxy on this machine makes every caller local: it has to refuse these methods itself.
absl::Status CheckAdmin(absl::string_view peer, bool allow_remote);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_PEER_H_
