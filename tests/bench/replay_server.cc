#include "tests/bench/replay_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace aifx::bench {

ReplayServer::ReplayServer(std::map<std::string, std::string> bodies)
    : ReplayServer([bodies = std::move(bodies)](absl::string_view target) {
        const auto body = bodies.find(std::string(target));
        return body != bodies.end() ? std::optional(body->second) : std::nullopt;
      }) {}

ReplayServer::ReplayServer(Answer answer) : answer_(std::move(answer)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  accepter_ = std::thread([this] { Accept(); });
}

ReplayServer::~ReplayServer() {
  ::shutdown(listener_, SHUT_RDWR);  // ends accept()
  accepter_.join();
  std::vector<std::thread> threads;
  {
    base::MutexLock lock(mutex_);
    for (const int connection : connections_) ::shutdown(connection, SHUT_RDWR);
    threads = std::move(threads_);
  }
  for (std::thread& thread : threads) thread.join();
  base::MutexLock lock(mutex_);
  for (const int connection : connections_) ::close(connection);
  ::close(listener_);
}

std::string ReplayServer::url() const { return absl::StrCat("http://127.0.0.1:", port_); }

void ReplayServer::Accept() {
  while (true) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    const int on = 1;
    ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    base::MutexLock lock(mutex_);
    connections_.push_back(connection);
    threads_.emplace_back([this, connection] { Serve(connection); });
  }
}

// Requests have no body here.
void ReplayServer::Serve(int connection) {
  std::string received;
  while (true) {
    const size_t end = received.find("\r\n\r\n");
    if (end == std::string::npos) {
      char bytes[8192];
      const ssize_t count = ::recv(connection, bytes, sizeof bytes, 0);
      if (count <= 0) return;
      received.append(bytes, static_cast<size_t>(count));
      continue;
    }
    const std::string reply = Reply(absl::string_view(received).substr(0, end));
    received.erase(0, end + 4);
    for (size_t sent = 0; sent < reply.size();) {
      const ssize_t count =
          ::send(connection, reply.data() + sent, reply.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<size_t>(count);
    }
  }
}

std::string ReplayServer::Reply(absl::string_view head) const {
  const std::vector<absl::string_view> words = absl::StrSplit(head, absl::MaxSplits(' ', 2));
  const std::optional<std::string> body = answer_(words.size() > 1 ? words[1] : "");
  if (!body.has_value()) return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  return absl::StrCat("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ",
                      body->size(), "\r\n\r\n", *body);
}

}  // namespace aifx::bench
