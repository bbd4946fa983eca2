#ifndef AIFX_TESTS_SUPPORT_RAW_HTTP_SERVER_H_
#define AIFX_TESTS_SUPPORT_RAW_HTTP_SERVER_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/mutex.h"

namespace aifx::testing {

// A TCP server on a free loopback port that answers with given bytes, right or wrong, so that a
// test decides what happens on the wire. Serves connections in parallel; stops when destroyed.
class RawHttpServer {
 public:
  enum class Then { kKeepOpen, kClose, kReset, kHang };
  // What a connection does once it has read a whole request.
  struct Step {
    std::string reply;
    Then then = Then::kKeepOpen;
  };
  using Script = std::vector<Step>;

  // The n-th connection follows the n-th script, later ones the last; a script's last step repeats.
  explicit RawHttpServer(std::vector<Script> scripts) : scripts_(std::move(scripts)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        listen(listener_, 64) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
      std::abort();
    }
    port_ = ntohs(address.sin_port);
    stop_ = eventfd(0, 0);
    accepter_ = std::thread([this] { AcceptLoop(); });
  }
  ~RawHttpServer() {
    const uint64_t one = 1;
    if (write(stop_, &one, sizeof(one)) != sizeof(one)) std::abort();
    accepter_.join();
    for (std::thread& connection : connections_) connection.join();
    close(listener_);
    close(stop_);
  }

  int port() const { return port_; }
  std::string Url(const std::string& path = "/") const {
    return absl::StrCat("http://127.0.0.1:", port_, path);
  }
  // Every request that arrived whole, head and body, in order of arrival.
  std::vector<std::string> requests() {
    base::MutexLock lock(mutex_);
    return requests_;
  }
  int connection_count() {
    base::MutexLock lock(mutex_);
    return connection_count_;
  }
  void WaitForRequests(size_t count) {
    base::MutexLock lock(mutex_);
    while (requests_.size() < count) arrived_.Wait(mutex_);
  }

 private:
  // False when the server stops first.
  bool WaitReadable(int fd) const {
    pollfd polled[2] = {{fd, POLLIN, 0}, {stop_, POLLIN, 0}};
    while (poll(polled, 2, -1) < 0) {
    }
    return polled[1].revents == 0;
  }

  void AcceptLoop() {
    while (WaitReadable(listener_)) {
      const int fd = accept(listener_, nullptr, nullptr);
      if (fd < 0) continue;
      base::MutexLock lock(mutex_);
      const size_t index = std::min<size_t>(connection_count_++, scripts_.size() - 1);
      connections_.emplace_back([this, fd, index] { Serve(fd, scripts_[index]); });
    }
  }

  bool ReadRequest(int fd, std::string& buffer, std::string& request) {
    while (true) {
      const size_t head_end = buffer.find("\r\n\r\n");
      if (head_end != std::string::npos) {
        size_t body_size = 0;
        const std::string head = absl::AsciiStrToLower(buffer.substr(0, head_end));
        const size_t field = head.find("content-length:");
        if (field != std::string::npos) {
          const size_t end = std::min(head.find('\r', field), head.size());
          if (!absl::SimpleAtoi(head.substr(field + 15, end - field - 15), &body_size))
            return false;
        }
        const size_t size = head_end + 4 + body_size;
        if (buffer.size() >= size) {
          request = buffer.substr(0, size);
          buffer.erase(0, size);
          return true;
        }
      }
      if (!WaitReadable(fd)) return false;
      char bytes[4096];
      const ssize_t count = recv(fd, bytes, sizeof(bytes), 0);
      if (count <= 0) return false;
      buffer.append(bytes, static_cast<size_t>(count));
    }
  }

  void Serve(int fd, const Script& script) {
    std::string buffer, request;
    for (size_t i = 0; ReadRequest(fd, buffer, request); ++i) {
      {
        base::MutexLock lock(mutex_);
        requests_.push_back(request);
        arrived_.NotifyAll();
      }
      const Step& step = script[std::min(i, script.size() - 1)];
      for (size_t sent = 0; sent < step.reply.size();) {
        const ssize_t count =
            send(fd, step.reply.data() + sent, step.reply.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) break;
        sent += static_cast<size_t>(count);
      }
      if (step.then == Then::kKeepOpen) continue;
      if (step.then == Then::kHang) WaitReadable(fd);
      if (step.then == Then::kReset) {
        const linger hard{1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
      }
      break;
    }
    close(fd);
  }

  std::vector<Script> scripts_;
  int listener_ = -1;
  int stop_ = -1;
  int port_ = 0;
  std::thread accepter_;
  std::vector<std::thread> connections_;  // the accepter's alone until it has ended
  base::Mutex mutex_;
  base::ConditionVariable arrived_;
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
  int connection_count_ ABSL_GUARDED_BY(mutex_) = 0;
};

// A well-formed HTTP/1.1 reply. `headers` are whole lines, each with its CRLF.
inline std::string HttpReply(int status, const std::string& body,
                             const std::string& headers = "Content-Type: application/json\r\n") {
  return absl::StrCat("HTTP/1.1 ", status, " Reason\r\n", headers, "Content-Length: ", body.size(),
                      "\r\n\r\n", body);
}

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_RAW_HTTP_SERVER_H_
