#include "client/cli/backend/process_view.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <link.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/backend/needed_libraries.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

struct DatabaseClient {
  const char* library;   // how its file's name begins
  const char* database;  // what it is a client of
};

constexpr DatabaseClient kClients[] = {
    {"libpq.", "PostgreSQL"},   {"libpqxx", "PostgreSQL"},    {"libpqtypes", "PostgreSQL"},
    {"libecpg", "PostgreSQL"},  {"libsoci_", "SOCI"},         {"libmysql", "MySQL"},
    {"libmariadb", "MariaDB"},  {"libodbc", "ODBC"},          {"libiodbc", "ODBC"},
    {"libsybdb", "SQL Server"}, {"libct.", "SQL Server"},     {"libclntsh", "Oracle"},
    {"libmongoc", "MongoDB"},   {"libcassandra", "Cassandra"}};

constexpr const char* kFunctions[] = {"PQconnectdb", "PQconnectStart", "mysql_real_connect",
                                      "SQLDriverConnect", "mongoc_client_new"};

int AddLibrary(dl_phdr_info* info, size_t, void* user) {
  if (info->dlpi_name != nullptr && *info->dlpi_name != '\0') {
    static_cast<ProcessSnapshot*>(user)->libraries.emplace_back(info->dlpi_name);
  }
  return 0;
}

// Inodes of the sockets that this process holds, as text.
absl::StatusOr<std::set<std::string>> OwnSockets() {
  std::set<std::string> inodes;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code gone;  // the folder's own descriptor
    const std::string target = std::filesystem::read_symlink(entry->path(), gone).string();
    absl::string_view inode = target;
    if (absl::ConsumePrefix(&inode, "socket:[") && absl::ConsumeSuffix(&inode, "]")) {
      inodes.emplace(inode);
    }
  }
  if (error) return absl::UnavailableError("/proc/self/fd cannot be read: " + error.message());
  return inodes;
}

// "0100007F:0BB8": the address in 32-bit words of the machine's byte order, and the port.
bool ParseEndpoint(absl::string_view text, Endpoint* endpoint) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() != 2 || (parts[0].size() != 8 && parts[0].size() != 32)) return false;
  unsigned char bytes[16] = {};
  for (size_t i = 0; i < parts[0].size() / 8; ++i) {
    uint32_t word = 0;
    if (!absl::SimpleHexAtoi(parts[0].substr(8 * i, 8), &word)) return false;
    std::memcpy(bytes + 4 * i, &word, sizeof(word));
  }
  char address[INET6_ADDRSTRLEN] = {};
  inet_ntop(parts[0].size() == 8 ? AF_INET : AF_INET6, bytes, address, sizeof(address));
  endpoint->address = address;
  return absl::SimpleHexAtoi(parts[1], &endpoint->port);
}

}  // namespace

std::string DatabaseOfLibrary(absl::string_view path) {
  const absl::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  for (const DatabaseClient& client : kClients) {
    if (absl::StartsWith(name, client.library)) return client.database;
  }
  return "";
}

std::set<Endpoint> ParseTcpTable(absl::string_view text, const std::set<std::string>& inodes) {
  constexpr absl::string_view kListen = "0A";
  std::set<Endpoint> found;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<absl::string_view> fields =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    // sl, local, remote, state, queues, timer, retransmits, uid, timeout, inode
    if (fields.size() < 10 || fields[3] == kListen || !inodes.contains(std::string(fields[9]))) {
      continue;
    }
    Endpoint remote;
    if (ParseEndpoint(fields[2], &remote) && remote.port != 0) found.insert(std::move(remote));
  }
  return found;
}

absl::StatusOr<ProcessSnapshot> OwnProcessView::Look() {
  ProcessSnapshot snapshot;
  dl_iterate_phdr(AddLibrary, &snapshot);
  for (const char* function : kFunctions) {
    if (dlsym(RTLD_DEFAULT, function) != nullptr) snapshot.functions.emplace_back(function);
  }
  AIFX_ASSIGN_OR_RETURN(const std::set<std::string> inodes, OwnSockets());
  for (const char* table : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    std::ifstream file(table);  // the second is missing where there is no IPv6
    std::ostringstream text;
    text << file.rdbuf();
    snapshot.connections.merge(ParseTcpTable(text.str(), inodes));
  }
  return snapshot;
}

absl::StatusOr<std::vector<std::string>> OwnProcessView::LibrariesOfServer() {
  std::error_code error;
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string server = (own.parent_path() / "aifx-server").string();
  AIFX_ASSIGN_OR_RETURN(const std::string image, base::ReadFile(server));
  return NeededLibraries(image);
}

}  // namespace aifx::cli
