#include "client/outbox/sqlite.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::outbox {
namespace {

absl::Status ErrorOf(sqlite3* connection, const std::string& path) {
  const int code = sqlite3_extended_errcode(connection);
  const std::string what = absl::StrCat(path, ": ", sqlite3_errmsg(connection), " (SQLite ", code,
                                        ", errno ", sqlite3_system_errno(connection), ")");
  switch (code & 0xff) {
    case SQLITE_FULL:
      return base::WithReason(
          absl::ResourceExhaustedError(
              absl::StrCat("the outbox's disk is full: ", what, "; free space, then try again")),
          "OUTBOX_DISK_FULL");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::FailedPreconditionError(
          absl::StrCat("another process uses the outbox's file: ", what));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(absl::StrCat("the outbox's file is damaged: ", what));
    default:
      return absl::InternalError(absl::StrCat("the outbox's disk failed: ", what,
                                              "; nothing of this call was kept: check the disk, "
                                              "then try again"));
  }
}

}  // namespace

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close(connection); }

absl::StatusOr<Database> Database::Open(const std::string& path, const std::string& vfs) {
  sqlite3* raw = nullptr;
  // One thread at a time is our promise: no mutex of SQLite's own is needed.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int result =
      sqlite3_open_v2(path.c_str(), &raw, flags, vfs.empty() ? nullptr : vfs.c_str());
  std::unique_ptr<sqlite3, Close> connection(raw);
  if (raw == nullptr) return absl::ResourceExhaustedError("no memory for a SQLite connection");
  if (result != SQLITE_OK) return ErrorOf(raw, path);
  sqlite3_extended_result_codes(raw, 1);
  return Database(std::move(connection), path);
}

absl::Status Database::Run(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return ErrorOf(connection_.get(), path_);
  }
  return absl::OkStatus();
}

absl::StatusOr<Statement> Database::Prepare(absl::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) {
    return ErrorOf(connection_.get(), path_);
  }
  return Statement(raw, path_);
}

absl::StatusOr<int64_t> Database::Integer(absl::string_view sql) {
  AIFX_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  AIFX_ASSIGN_OR_RETURN(const bool row, statement.Step());
  if (!row) return absl::NotFoundError(absl::StrCat("no row: ", sql));
  return statement.Integer(0);
}

absl::StatusOr<std::string> Database::Text(absl::string_view sql) {
  AIFX_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  AIFX_ASSIGN_OR_RETURN(const bool row, statement.Step());
  if (!row) return absl::NotFoundError(absl::StrCat("no row: ", sql));
  return statement.Text(0);
}

bool Database::InTransaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }

int64_t Database::Changes() const { return sqlite3_changes64(connection_.get()); }

int64_t Database::TotalChanges() const { return sqlite3_total_changes64(connection_.get()); }

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::Bind(int index, int64_t value) {
  const int result = sqlite3_bind_int64(statement_.get(), index, value);
  if (result != SQLITE_OK) bind_result_ = result;
  return *this;
}

Statement& Statement::Bind(int index, absl::string_view text) {
  // Not null where empty: a default string_view has no data.
  const int result = sqlite3_bind_text(statement_.get(), index, text.empty() ? "" : text.data(),
                                       static_cast<int>(text.size()), SQLITE_TRANSIENT);
  if (result != SQLITE_OK) bind_result_ = result;
  return *this;
}

Statement& Statement::Bind(int index, const std::optional<int64_t>& value) {
  if (value.has_value()) return Bind(index, *value);
  const int result = sqlite3_bind_null(statement_.get(), index);
  if (result != SQLITE_OK) bind_result_ = result;
  return *this;
}

absl::StatusOr<bool> Statement::Step() {
  if (bind_result_ != SQLITE_OK) {
    return absl::InternalError(
        absl::StrCat(path_, ": a value cannot be bound (", sqlite3_errstr(bind_result_), ")"));
  }
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return ErrorOf(sqlite3_db_handle(statement_.get()), path_);
}

absl::Status Statement::Run() {
  const absl::StatusOr<bool> result = Step();
  Reset();
  return result.status();
}

void Statement::Reset() {
  sqlite3_reset(statement_.get());
  bind_result_ = SQLITE_OK;
}

int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<int64_t> Statement::OptionalInteger(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return Integer(column);
}

std::string Statement::Text(int column) const {
  const auto* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return "";
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return std::string(reinterpret_cast<const char*>(text), static_cast<size_t>(size));
}

}  // namespace aifx::outbox
