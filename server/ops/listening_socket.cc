#include "server/ops/listening_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::ops {
namespace {

constexpr int kBacklog = 1024;

struct AddressesDeleter {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, AddressesDeleter>;

std::string AddressText(const std::string& host, int port) {
  const bool brackets = absl::StrContains(host, ':');
  return absl::StrCat(brackets ? "[" : "", host, brackets ? "]" : "", ":", port);
}

absl::StatusOr<Addresses> Resolve(const std::string& host, int port) {
  addrinfo hints = {};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int failed = getaddrinfo(host.c_str(), absl::StrCat(port).c_str(), &hints, &list);
  if (failed != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot listen on ", host, ": ", gai_strerror(failed)));
  }
  return Addresses(list);
}

void SetOption(int fd, int level, int name, int value) {
  setsockopt(fd, level, name, &value, sizeof(value));
}

absl::StatusOr<FileDescriptor> ListenOnOne(const addrinfo& address, const std::string& text) {
  FileDescriptor socket(::socket(
      address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
  if (socket.IsOpen()) {
    SetOption(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);  // a port of a server that just ended
    SetOption(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);  // accepted sockets inherit it
    if (address.ai_family == AF_INET6) SetOption(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (bind(socket.get(), address.ai_addr, address.ai_addrlen) == 0 &&
        listen(socket.get(), kBacklog) == 0) {
      return socket;
    }
  }
  const int error = errno;
  return absl::UnavailableError(absl::StrCat(
      "cannot listen on ", text, ": ",
      error == EADDRINUSE ? "the port is taken (another server?)" : std::strerror(error)));
}

int PortOf(int fd) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

void SetPort(sockaddr& address, int port) {
  const in_port_t value = htons(static_cast<in_port_t>(port));
  if (address.sa_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(address).sin6_port = value;
  } else {
    reinterpret_cast<sockaddr_in&>(address).sin_port = value;
  }
}

}  // namespace

absl::StatusOr<ListeningSockets> ListenOn(const std::string& host, int port) {
  AIFX_ASSIGN_OR_RETURN(const Addresses addresses, Resolve(host, port));
  ListeningSockets listening;
  listening.port = port;
  absl::Status failure;
  for (addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
    SetPort(*each->ai_addr, listening.port);
    auto socket = ListenOnOne(*each, AddressText(host, listening.port));
    if (!socket.ok()) {
      // `localhost` may name ::1 on a machine without IPv6: one address of several is enough.
      failure = socket.status();
      continue;
    }
    if (listening.port == 0) listening.port = PortOf(socket->get());
    listening.sockets.push_back(*std::move(socket));
  }
  if (listening.sockets.empty()) return failure;
  return listening;
}

}  // namespace aifx::ops
