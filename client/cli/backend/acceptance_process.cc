// Check 13: the engine reads and writes through the backend alone.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/backend/acceptance_run.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

void AddDatabaseLibraries(const std::vector<std::string>& libraries, const char* verb,
                          std::vector<std::string>& wrong) {
  for (const std::string& library : libraries) {
    const std::string database = DatabaseOfLibrary(library);
    if (!database.empty()) wrong.push_back(absl::StrCat(library, " (", database, ") ", verb));
  }
}

}  // namespace

AcceptanceRun::Detail AcceptanceRun::NoDatabase() {
  LookAtProcess();
  AIFX_RETURN_IF_ERROR(process_error_);
  const auto server = deps_.process.LibrariesOfServer();
  if (!server.ok() && !absl::IsNotFound(server.status())) return server.status();

  std::vector<std::string> wrong;
  AddDatabaseLibraries(process_.libraries, "is loaded", wrong);
  if (server.ok()) AddDatabaseLibraries(*server, "is needed by aifx-server", wrong);
  for (const std::string& function : process_.functions) {
    wrong.push_back(absl::StrCat("the function ", function, " is linked"));
  }
  for (const Endpoint& remote : process_.connections) {
    if (remote.port != options_.port) {
      wrong.push_back(absl::StrCat("a connection to ", remote.address, " port ", remote.port));
    }
  }
  if (!wrong.empty()) return absl::FailedPreconditionError(absl::StrJoin(wrong, "; "));
  return absl::StrCat(
      process_.libraries.size(), " libraries here, ",
      server.ok() ? absl::StrCat(server->size(), " in aifx-server") : "no aifx-server beside aifx",
      ", none a database's; ", process_.connections.size(), " TCP peer",
      process_.connections.size() == 1 ? "" : "s", ", all at port ", options_.port);
}

}  // namespace aifx::cli
