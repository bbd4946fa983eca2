#ifndef AIFX_SERVER_RPC_AUTHORIZER_H_
#define AIFX_SERVER_RPC_AUTHORIZER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "server/rpc/token_table.h"

namespace aifx::rpc {

// Decides who may call what, from a file of tokens that is read again when it changed. Without one,
// everybody may call everything (methods for administrators are then bound to this machine, see
// peer.h). Thread-safe.
class Authorizer {
 public:
  using ReadFile = std::function<absl::StatusOr<std::string>(const std::string& path)>;

  // Everybody may call everything.
  Authorizer() = default;

  // Reads the tokens. InvalidArgument, naming the path and the line, where the file is no table of
  // tokens; else the reader's error. `logger` outlives it.
  static absl::StatusOr<std::unique_ptr<Authorizer>> Open(const std::string& path, ReadFile read,
                                                          base::Logger& logger);

  // Whether callers must show a token; never changes.
  bool NeedsToken() const { return !path_.empty(); }

  // Unauthenticated where `authorization` (the metadata's value) is not `Bearer TOKEN` with a known
  // token; PermissionDenied, naming the scope, where the token lacks what the method needs.
  absl::Status Check(absl::string_view method, absl::string_view authorization) const;

  // Reads the file again. One that cannot be used is logged (once, until it changes), and the
  // tokens known before stay.
  void Refresh();

 private:
  absl::Status Load();

  std::string path_;
  ReadFile read_;
  base::Logger* logger_ = nullptr;
  mutable base::Mutex mutex_;
  std::shared_ptr<const TokenTable> table_ ABSL_GUARDED_BY(mutex_);
  std::string last_error_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_AUTHORIZER_H_
