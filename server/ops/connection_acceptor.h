#ifndef AIFX_SERVER_OPS_CONNECTION_ACCEPTOR_H_
#define AIFX_SERVER_OPS_CONNECTION_ACCEPTOR_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/ops/file_descriptor.h"
#include "server/ops/open_connections.h"

namespace aifx::ops {

// Accepts TCP connections for a gRPC server in its stead. gRPC's own listener stops for good when
// the process once runs out of descriptors (measured with gRPC 1.51), and knows no limit of
// connections; this one turns away what is too many and goes on. Thread-safe where not said
// otherwise.
class ConnectionAcceptor {
 public:
  struct Options {
    std::string host = "127.0.0.1";  // address or name; every address of a name is served
    int port = 0;                    // 0: a free one
    int max_connections = 1024;      // open at once, > 0
  };
  struct Stats {
    int64_t accepted = 0;            // handed to gRPC
    int64_t refused = 0;             // closed at once: too many were open
    int64_t out_of_descriptors = 0;  // closed at once: the process had no descriptor left
    int64_t open = 0;                // as of the last connection
  };

  // Binds and listens. InvalidArgument for a host that is no address of anything; Unavailable
  // where the port is taken or the address is not of this machine.
  static absl::StatusOr<std::unique_ptr<ConnectionAcceptor>> Listen(const Options& options);
  ~ConnectionAcceptor();

  int port() const { return port_; }

  // Begins to accept, into `server`. Call once, after the server was started.
  void Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server);

  // Stops accepting and closes the port; connections that are open stay. Idempotent.
  void Stop();

  Stats GetStats() const;

 private:
  ConnectionAcceptor(const Options& options, std::vector<FileDescriptor> listeners, int port);

  void Loop();
  // Accepts what waits on a listener; false where it has to wait for descriptors or memory.
  bool AcceptAll(int listener);
  void Take(FileDescriptor connection);
  bool TurnOneAway(int listener);

  const size_t max_connections_;
  const int port_;
  std::vector<FileDescriptor> listeners_;
  FileDescriptor stop_event_;
  FileDescriptor reserve_;  // given up for a moment to turn a caller away when none is left
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server_;
  OpenConnections open_;  // of the loop's thread
  std::atomic<int64_t> accepted_{0}, refused_{0}, out_of_descriptors_{0}, open_count_{0};
  std::thread thread_;
};

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_CONNECTION_ACCEPTOR_H_
