#include "server/ops/tcp_connection.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::ops {
namespace {

// By errno.
absl::Status Failed(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(errno)));
}

}  // namespace

TcpConnection::TcpConnection(absl::Duration timeout)
    : end_(std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(timeout)) {}

TcpConnection::~TcpConnection() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status TcpConnection::WaitFor(short events, absl::string_view what) const {
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end_ - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      return absl::DeadlineExceededError(absl::StrCat("no ", what, " in time"));
    pollfd wait = {descriptor_, events, 0};
    const int ready = poll(&wait, 1, static_cast<int>(left.count()));
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return Failed("poll");
  }
}

absl::Status TcpConnection::Open(const TcpAddress& address) {
  const bool any = address.host == "0.0.0.0" || address.host == "::";
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_family = address.host == "0.0.0.0" ? AF_INET : AF_UNSPEC;
  addrinfo* found = nullptr;
  // Without a host: loopback.
  const int error = getaddrinfo(any ? nullptr : address.host.c_str(),
                                absl::StrCat(address.port).c_str(), &hints, &found);
  if (error != 0) {
    return absl::UnavailableError(absl::StrCat(address.host, ": ", gai_strerror(error)));
  }
  const auto free_found = absl::MakeCleanup([&] { freeaddrinfo(found); });
  descriptor_ = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) return Failed("socket");
  if (connect(descriptor_, found->ai_addr, found->ai_addrlen) == 0) return absl::OkStatus();
  if (errno != EINPROGRESS) return Failed("connect");
  AIFX_RETURN_IF_ERROR(WaitFor(POLLOUT, "connection"));
  int outcome = 0;
  socklen_t size = sizeof(outcome);
  getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &outcome, &size);
  errno = outcome;
  return outcome == 0 ? absl::OkStatus() : Failed("connect");
}

absl::Status TcpConnection::Send(absl::string_view bytes) {
  for (size_t sent = 0; sent < bytes.size();) {
    AIFX_RETURN_IF_ERROR(WaitFor(POLLOUT, "room to send"));
    const ssize_t step = send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (step < 0 && errno != EAGAIN && errno != EINTR) return Failed("send");
    if (step > 0) sent += static_cast<size_t>(step);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> TcpConnection::Receive(size_t bytes) {
  std::string received(bytes, '\0');
  for (size_t have = 0; have < bytes;) {
    AIFX_RETURN_IF_ERROR(WaitFor(POLLIN, "answer"));
    const ssize_t step = recv(descriptor_, received.data() + have, bytes - have, 0);
    if (step == 0 || (step < 0 && errno == ECONNRESET)) {
      return absl::AbortedError("closed without an answer");
    }
    if (step < 0 && errno != EAGAIN && errno != EINTR) return Failed("receive");
    if (step > 0) have += static_cast<size_t>(step);
  }
  return received;
}

}  // namespace aifx::ops
