#ifndef AIFX_CLIENT_CLI_BACKEND_PROCESS_VIEW_H_
#define AIFX_CLIENT_CLI_BACKEND_PROCESS_VIEW_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::cli {

// The far end of a TCP connection.
struct Endpoint {
  std::string address;  // numeric
  int port = 0;
  auto operator<=>(const Endpoint&) const = default;
};

// What a process has loaded and is connected to, at one moment.
struct ProcessSnapshot {
  std::vector<std::string> libraries;  // paths of the loaded shared objects
  std::vector<std::string> functions;  // entry points of database clients that can be called
  std::set<Endpoint> connections;      // TCP, without listening sockets
};

class ProcessView {
 public:
  virtual ~ProcessView() = default;
  virtual absl::StatusOr<ProcessSnapshot> Look() = 0;
  // The shared objects that the server's program names as needed. NOT_FOUND where it is not beside
  // this one.
  virtual absl::StatusOr<std::vector<std::string>> LibrariesOfServer() = 0;
};

// This process: dl_iterate_phdr, dlsym, and /proc/self; the server is the file aifx-server beside
// its program.
class OwnProcessView final : public ProcessView {
 public:
  absl::StatusOr<ProcessSnapshot> Look() override;
  absl::StatusOr<std::vector<std::string>> LibrariesOfServer() override;
};

// The database that a library of this path is a client of ("PostgreSQL"); empty for any other.
std::string DatabaseOfLibrary(absl::string_view path);

// The far ends in the text of /proc/PID/net/tcp or tcp6 whose socket is one of `inodes`. Lines that
// make no sense are left out.
std::set<Endpoint> ParseTcpTable(absl::string_view text, const std::set<std::string>& inodes);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_BACKEND_PROCESS_VIEW_H_
