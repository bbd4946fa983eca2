#include "client/outbox/schema.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::outbox {
namespace {

constexpr int64_t kApplicationId = 0x61696678;  // "aifx"

// migrations[n] leads from user_version n to n + 1. Released ones never change.
constexpr std::array<const char*, 1> kMigrations = {R"sql(
  CREATE TABLE submissions (
    sequence INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 1),
    request_id TEXT NOT NULL COLLATE NOCASE,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
    revision INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    queued_at_us INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    last_attempt_us INTEGER,
    unsure_since_us INTEGER,
    unsure_since_backend_us INTEGER,
    next_attempt_us INTEGER,
    backend_id TEXT NOT NULL,
    error_code INTEGER NOT NULL,
    error_message TEXT NOT NULL,
    receipt TEXT NOT NULL,
    UNIQUE (kind, request_id)
  ) STRICT;
  CREATE INDEX submissions_due ON submissions (state, next_attempt_us)
    WHERE next_attempt_us IS NOT NULL;
  CREATE INDEX submissions_state ON submissions (state, sequence);
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
)sql"};

// A file that is a database but not ours is as unusable as a damaged one.
absl::Status CheckOurs(Database& database, int64_t version) {
  AIFX_ASSIGN_OR_RETURN(const int64_t application, database.Integer("PRAGMA application_id"));
  AIFX_ASSIGN_OR_RETURN(const int64_t tables,
                        database.Integer("SELECT count(*) FROM sqlite_schema"));
  const bool empty = version == 0 && application == 0 && tables == 0;
  if (empty || application == kApplicationId) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(database.path(), " is no outbox (application_id ",
                                          application, ", expected ", kApplicationId, ")"));
}

absl::Status Migrate(Database& database) {
  AIFX_ASSIGN_OR_RETURN(int64_t version, database.Integer("PRAGMA user_version"));
  AIFX_RETURN_IF_ERROR(CheckOurs(database, version));
  if (version < 0 || version > static_cast<int64_t>(kMigrations.size())) {
    return absl::FailedPreconditionError(
        absl::StrCat(database.path(), " has format ", version, ", this engine knows up to ",
                     kMigrations.size(), ": start the newer engine, or use another folder"));
  }
  for (; version < static_cast<int64_t>(kMigrations.size()); ++version) {
    AIFX_RETURN_IF_ERROR(database.Run(absl::StrCat(
        "BEGIN IMMEDIATE;", kMigrations[static_cast<size_t>(version)], "PRAGMA application_id=",
        kApplicationId, ";PRAGMA user_version=", version + 1, ";COMMIT")));
  }
  return absl::OkStatus();
}

absl::Status Check(Database& database) {
  AIFX_ASSIGN_OR_RETURN(const std::string verdict, database.Text("PRAGMA quick_check(1)"));
  if (verdict == "ok") return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(database.path(), " is damaged: ", verdict));
}

}  // namespace

absl::StatusOr<Database> OpenDatabase(const std::string& path, const std::string& vfs) {
  AIFX_ASSIGN_OR_RETURN(Database database, Database::Open(path, vfs));
  // Exclusive before WAL: SQLite then needs no shared memory, and no second connection can exist.
  AIFX_RETURN_IF_ERROR(database.Text("PRAGMA locking_mode=EXCLUSIVE").status());
  // EXTRA before WAL: the change of mode deletes a rollback journal. Without a sync of the folder
  // a power cut may bring it back, and it would undo everything committed since.
  AIFX_RETURN_IF_ERROR(database.Run("PRAGMA synchronous=EXTRA"));
  AIFX_ASSIGN_OR_RETURN(const std::string mode, database.Text("PRAGMA journal_mode=WAL"));
  if (mode != "wal") {
    return absl::InternalError(
        absl::StrCat(path, " cannot use a write-ahead log (journal mode ", mode, ")"));
  }
  AIFX_RETURN_IF_ERROR(
      database.Run("PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF; "
                   "PRAGMA cell_size_check=ON"));
  AIFX_RETURN_IF_ERROR(database.Integer("PRAGMA journal_size_limit=67108864").status());
  AIFX_RETURN_IF_ERROR(Check(database));
  AIFX_RETURN_IF_ERROR(Migrate(database));
  return database;
}

}  // namespace aifx::outbox
