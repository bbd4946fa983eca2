#include "server/ops/connection_acceptor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "core/base/status_macros.h"
#include "server/ops/listening_socket.h"

namespace aifx::ops {
namespace {

// How long to let others free descriptors or memory where there were none even to turn callers
// away.
constexpr int kExhaustedPauseMs = 50;

FileDescriptor OpenReserve() { return FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

bool IsOutOfDescriptors(int error) { return error == EMFILE || error == ENFILE; }
bool IsOutOfMemory(int error) { return error == ENOBUFS || error == ENOMEM; }

}  // namespace

absl::StatusOr<std::unique_ptr<ConnectionAcceptor>> ConnectionAcceptor::Listen(
    const Options& options) {
  AIFX_ASSIGN_OR_RETURN(ListeningSockets listening, ListenOn(options.host, options.port));
  return std::unique_ptr<ConnectionAcceptor>(
      new ConnectionAcceptor(options, std::move(listening.sockets), listening.port));
}

ConnectionAcceptor::ConnectionAcceptor(const Options& options,
                                       std::vector<FileDescriptor> listeners, int port)
    : max_connections_(static_cast<size_t>(options.max_connections)),
      port_(port),
      listeners_(std::move(listeners)),
      stop_event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      reserve_(OpenReserve()) {}

ConnectionAcceptor::~ConnectionAcceptor() { Stop(); }

void ConnectionAcceptor::Start(
    std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server) {
  server_ = std::move(server);
  thread_ = std::thread([this] { Loop(); });
}

void ConnectionAcceptor::Stop() {
  if (thread_.joinable()) {
    const uint64_t one = 1;
    // Cannot fail: nobody else writes, so the counter is far from its end.
    [[maybe_unused]] const ssize_t written = write(stop_event_.get(), &one, sizeof(one));
    thread_.join();
  }
  listeners_.clear();
}

ConnectionAcceptor::Stats ConnectionAcceptor::GetStats() const {
  return {.accepted = accepted_.load(),
          .refused = refused_.load(),
          .out_of_descriptors = out_of_descriptors_.load(),
          .open = open_count_.load()};
}

void ConnectionAcceptor::Loop() {
  std::vector<pollfd> watched = {{stop_event_.get(), POLLIN, 0}};
  for (const FileDescriptor& listener : listeners_) watched.push_back({listener.get(), POLLIN, 0});
  bool exhausted = false;
  while (true) {
    // While exhausted only the end is waited for, or a moment.
    const nfds_t count = exhausted ? 1 : watched.size();
    poll(watched.data(), count, exhausted ? kExhaustedPauseMs : -1);
    if (watched[0].revents != 0) return;
    exhausted = false;
    for (size_t i = 1; i < watched.size(); ++i) exhausted |= !AcceptAll(watched[i].fd);
  }
}

bool ConnectionAcceptor::AcceptAll(int listener) {
  while (true) {
    FileDescriptor connection(accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (connection.IsOpen()) {
      Take(std::move(connection));
      continue;
    }
    const int error = errno;
    if (IsOutOfMemory(error)) return false;
    if (IsOutOfDescriptors(error)) {
      if (!TurnOneAway(listener)) return false;
      continue;
    }
    if (error == EAGAIN || error == EWOULDBLOCK) return true;
    // What else accept says (ECONNABORTED, EINTR, network errors) concerns one caller only.
    if (error == EBADF || error == EINVAL || error == ENOTSOCK) return true;
  }
}

void ConnectionAcceptor::Take(FileDescriptor connection) {
  if (open_.Count() >= max_connections_) open_.Sweep();
  if (open_.Count() >= max_connections_) {
    refused_.fetch_add(1);
    return;  // closed
  }
  open_.Add(connection.get());
  open_count_.store(static_cast<int64_t>(open_.Count()));
  accepted_.fetch_add(1);
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
  parameters.fd = connection.Release();  // gRPC's from here on
  server_->HandleNewConnection(&parameters);
}

bool ConnectionAcceptor::TurnOneAway(int listener) {
  reserve_.Close();
  FileDescriptor connection(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  const bool turned = connection.IsOpen();
  // Before the caller can see that it was turned away.
  if (turned) out_of_descriptors_.fetch_add(1);
  connection.Close();
  reserve_ = OpenReserve();
  return turned;
}

}  // namespace aifx::ops
