#include "server/rpc/authorizer.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::rpc {
namespace {

constexpr absl::string_view kBearer = "Bearer ";
constexpr size_t kMaxTokenBytes = 1024;

absl::Status Unauthenticated(absl::string_view message, const std::string& reason) {
  return base::WithReason(absl::UnauthenticatedError(message), reason);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Authorizer>> Authorizer::Open(const std::string& path, ReadFile read,
                                                             base::Logger& logger) {
  auto authorizer = std::make_unique<Authorizer>();
  authorizer->path_ = path;
  authorizer->read_ = std::move(read);
  authorizer->logger_ = &logger;
  AIFX_RETURN_IF_ERROR(authorizer->Load());
  return authorizer;
}

absl::Status Authorizer::Load() {
  AIFX_ASSIGN_OR_RETURN(const std::string content, read_(path_));
  auto table = TokenTable::FromText(content);
  if (!table.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("tokens file ", path_, ": ", table.status().message()));
  }
  auto shared = std::make_shared<const TokenTable>(*std::move(table));
  base::MutexLock lock(mutex_);
  table_ = std::move(shared);
  return absl::OkStatus();
}

void Authorizer::Refresh() {
  if (!NeedsToken()) return;
  const absl::Status loaded = Load();
  const std::string error(loaded.message());
  base::MutexLock lock(mutex_);
  if (error != last_error_ && !loaded.ok()) {
    logger_->Error("cannot read the tokens again, those known before stay", {{"error", error}});
  }
  last_error_ = error;
}

absl::Status Authorizer::Check(absl::string_view method, absl::string_view authorization) const {
  if (!NeedsToken()) return absl::OkStatus();
  if (authorization.empty()) {
    return Unauthenticated(
        "this server asks for a token: send metadata `authorization: Bearer ...`", "TOKEN_MISSING");
  }
  absl::string_view token = authorization;
  if (!absl::ConsumePrefix(&token, kBearer) || token.size() > kMaxTokenBytes) {
    return Unauthenticated("metadata `authorization` is not `Bearer` and a token",
                           "TOKEN_MALFORMED");
  }
  std::shared_ptr<const TokenTable> table;
  {
    base::MutexLock lock(mutex_);
    table = table_;
  }
  const TokenTable::Holder* holder = table->Find(token);
  if (holder == nullptr) {
    return Unauthenticated("the token is not known to this server", "TOKEN_UNKNOWN");
  }
  const Scope needed = ScopeOf(method);
  if (holder->scopes.Allow(needed)) return absl::OkStatus();
  return base::WithReason(
      absl::PermissionDeniedError(absl::StrCat("the token \"", holder->name, "\" lacks the scope ",
                                               ScopeName(needed), " that ", method, " needs")),
      "SCOPE_MISSING");
}

}  // namespace aifx::rpc
