#include "tests/support/fault_proxy.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/loopback_socket.h"
#include "tests/support/raw_http_server.h"

namespace aifx::testing {
namespace {

constexpr int kBacklog = 64;
constexpr char kErrorBody[] =
    R"({"success":false,"data":null,"error":"boom","code":"INTERNAL_ERROR"})";
constexpr char kGarbageReply[] = "\x15\x03\x01\x02\x02\x16 this is no HTTP\r\n\r\n";

// Of the request at the front of `buffer`, head and body; 0 where it is not whole yet.
size_t WholeRequest(const std::string& buffer) {
  const size_t head_end = buffer.find("\r\n\r\n");
  if (head_end == std::string::npos) return 0;
  const std::string head = absl::AsciiStrToLower(buffer.substr(0, head_end + 2));
  size_t body = 0;
  const size_t field = head.find("\r\ncontent-length:");
  if (field != std::string::npos) {
    const size_t value = field + 17;
    if (!absl::SimpleAtoi(head.substr(value, head.find('\r', value) - value), &body)) return 0;
  }
  const size_t size = head_end + 4 + body;
  return buffer.size() >= size ? size : 0;
}

void Listen(int fd, int backlog) {
  if (listen(fd, backlog) != 0) std::abort();
}

bool IsOfConnecting(FaultProxy::Fault fault) {
  return fault == FaultProxy::Fault::kRefuse || fault == FaultProxy::Fault::kBlackHole ||
         fault == FaultProxy::Fault::kNeverAccept;
}

}  // namespace

FaultProxy::FaultProxy(int server_port) : server_port_(server_port) {
  // Linux gives a port away at the end of listening unless the socket asked for it by number.
  const int picker = BoundSocket(0);
  port_ = PortOf(picker);
  listener_ = BoundSocket(port_);
  close(picker);
  fcntl(listener_, F_SETFL, O_NONBLOCK);  // what can be accepted may have gone again
  Listen(listener_, kBacklog);
  stop_ = eventfd(0, 0);
  change_ = eventfd(0, EFD_NONBLOCK);
  accepter_ = std::thread([this] { AcceptLoop(); });
}

FaultProxy::~FaultProxy() {
  Set(Fault::kNone);
  Signal(stop_);
  accepter_.join();
  for (std::thread& connection : connections_) connection.join();
  close(listener_);
  close(stop_);
  close(change_);
}

std::string FaultProxy::Url() const { return absl::StrCat("http://127.0.0.1:", port_); }

void FaultProxy::Set(Fault fault, absl::Duration latency) {
  base::MutexLock lock(mutex_);
  fault_ = fault;
  latency_ = latency;
  for (const int fd : fillers_) close(fd);
  fillers_.clear();
  if (IsOfConnecting(fault)) {
    for (const int client : clients_) shutdown(client, SHUT_RDWR);
  }
  if (fault == Fault::kRefuse) {
    shutdown(listener_, SHUT_RD);  // keeps its port
  } else {
    Listen(listener_, fault == Fault::kBlackHole ? 0 : kBacklog);
  }
  if (fault == Fault::kBlackHole) FillBacklog();
  Signal(change_);
}

// With its backlog full, Linux drops the packets that would open a connection.
void FaultProxy::FillBacklog() {
  for (int i = 0; i < 4; ++i) {
    const int fd = ConnectLoopback(port_, SOCK_NONBLOCK);
    if (fd >= 0) fillers_.push_back(fd);
  }
}

int FaultProxy::passed_on(const std::string& method) {
  base::MutexLock lock(mutex_);
  return static_cast<int>(std::count(passed_on_.begin(), passed_on_.end(), method));
}

void FaultProxy::AcceptLoop() {
  while (true) {
    bool accepting = false;
    {
      base::MutexLock lock(mutex_);
      accepting = !IsOfConnecting(fault_);
    }
    pollfd polled[3] = {{stop_, POLLIN, 0}, {change_, POLLIN, 0}, {listener_, POLLIN, 0}};
    if (poll(polled, accepting ? 3 : 2, -1) < 0) continue;
    if (polled[0].revents != 0) return;
    if (polled[1].revents != 0) {
      uint64_t count = 0;
      static_cast<void>(!read(change_, &count, sizeof(count)));
      continue;  // the fault may be another by now
    }
    // Under the lock: what Set promised holds for every connection from then on.
    base::MutexLock lock(mutex_);
    if (IsOfConnecting(fault_)) continue;
    const int client = accept4(listener_, nullptr, nullptr, 0);
    if (client >= 0) connections_.emplace_back([this, client] { Serve(client); });
  }
}

bool FaultProxy::WaitQuietly(int fd, absl::Duration time) const {
  pollfd polled[2] = {{fd, POLLRDHUP, 0}, {stop_, POLLIN, 0}};
  return poll(polled, 2, static_cast<int>(absl::ToInt64Milliseconds(time))) == 0;
}

bool FaultProxy::ReadRequest(int client, std::string& buffer, std::string& request) const {
  while (WholeRequest(buffer) == 0) {
    char bytes[4096];
    const ssize_t count = WaitReadable(client, stop_) ? recv(client, bytes, sizeof(bytes), 0) : 0;
    if (count <= 0) return false;
    buffer.append(bytes, static_cast<size_t>(count));
  }
  request = buffer.substr(0, WholeRequest(buffer));
  buffer.erase(0, request.size());
  return true;
}

void FaultProxy::Serve(int client) {
  {
    base::MutexLock lock(mutex_);
    clients_.push_back(client);
  }
  std::string buffer, request;
  for (int number = 1; ReadRequest(client, buffer, request); ++number) {
    if (!Answer(client, request, number)) break;
  }
  base::MutexLock lock(mutex_);
  std::erase(clients_, client);
  close(client);
}

// One connection a request: its end is the answer's end.
std::string FaultProxy::AskServer(const std::string& request) {
  std::string answer;
  const int server = ConnectLoopback(server_port_);
  if (server < 0) return answer;
  SendAll(server, absl::StrReplaceAll(request, {{" HTTP/1.1\r\n",
                                                 " HTTP/1.1\r\n"
                                                 "Connection: close\r\n"}}));
  char bytes[4096];
  while (WaitReadable(server, stop_)) {
    const ssize_t count = recv(server, bytes, sizeof(bytes), 0);
    if (count <= 0) break;
    answer.append(bytes, static_cast<size_t>(count));
  }
  close(server);
  base::MutexLock lock(mutex_);
  if (!answer.empty()) passed_on_.push_back(request.substr(0, request.find(' ')));
  return absl::StrReplaceAll(answer, {{"\r\nConnection: close\r\n", "\r\n"}});
}

bool FaultProxy::Answer(int client, const std::string& request, int number) {
  Fault fault;
  absl::Duration latency;
  {
    base::MutexLock lock(mutex_);
    fault = fault_;
    latency = latency_;
  }
  switch (fault) {
    case Fault::kNeverAnswer:
      WaitQuietly(client, absl::Hours(1));
      return false;
    case Fault::kLatency:
      if (!WaitQuietly(client, latency)) return false;
      break;
    case Fault::kTooMany:
      SendAll(client, HttpReply(429, "Too many requests.", "Retry-After: 1\r\n"));
      return true;
    case Fault::kServerError:
      SendAll(client, HttpReply(500, kErrorBody));
      return true;
    case Fault::kResetReused:
      if (number == 1) break;
      CloseWithReset(client);
      return false;
    default:
      break;
  }
  const std::string answer = AskServer(request);
  switch (fault) {
    case Fault::kResetBefore:
      CloseWithReset(client);
      return false;
    case Fault::kResetWithin:
      CloseWithReset(client);
      [[fallthrough]];
    case Fault::kTruncate:
      SendAll(client, absl::string_view(answer).substr(0, answer.size() - 20));
      return false;
    case Fault::kGarbage:
      SendAll(client, kGarbageReply);
      return false;
    default:
      SendAll(client, answer);
      return !answer.empty();
  }
}

}  // namespace aifx::testing
