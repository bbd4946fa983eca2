#include "server/rpc/peer.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "core/base/violation.h"

namespace aifx::rpc {

bool IsLocalPeer(absl::string_view peer) {
  if (absl::StartsWith(peer, "unix:") || absl::StartsWith(peer, "unix-abstract:")) return true;
  if (absl::ConsumePrefix(&peer, "ipv4:")) {
    // Always an address: gRPC never writes a name here.
    return absl::StartsWith(peer, "127.") && std::all_of(peer.begin(), peer.end(), [](char c) {
             return c == '.' || c == ':' || absl::ascii_isdigit(static_cast<unsigned char>(c));
           });
  }
  const std::string address = absl::StrReplaceAll(peer, {{"%5B", "["}, {"%5D", "]"}});
  return absl::StartsWith(address, "ipv6:[::1]:") || absl::StartsWith(address, "ipv6:[::ffff:127.");
}

absl::Status CheckAdmin(absl::string_view peer, bool allow_remote) {
  if (allow_remote || IsLocalPeer(peer)) return absl::OkStatus();
  return base::WithReason(
      absl::PermissionDeniedError("this method is for administrators on the server's own machine; "
                                  "--remote-admin allows it from elsewhere"),
      "ADMIN_FROM_ELSEWHERE");
}

}  // namespace aifx::rpc
