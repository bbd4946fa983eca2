#ifndef AIFX_CLIENT_OUTBOX_SQLITE_H_
#define AIFX_CLIENT_OUTBOX_SQLITE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct sqlite3;
struct sqlite3_stmt;

namespace aifx::outbox {

class Statement;

// One SQLite connection. Used by one thread at a time; statements end before it.
//
// Errors of all calls: RESOURCE_EXHAUSTED with the reason OUTBOX_DISK_FULL, FAILED_PRECONDITION
// (another process holds the file), DATA_LOSS (the file is damaged or no database), INTERNAL
// (reading, writing or syncing failed). Messages name the file.
class Database {
 public:
  // Opens or creates `path`. `vfs` names a registered sqlite3_vfs; empty: the system's.
  static absl::StatusOr<Database> Open(const std::string& path, const std::string& vfs);

  // Runs statements that return no rows.
  absl::Status Run(const std::string& sql);
  absl::StatusOr<Statement> Prepare(absl::string_view sql);
  // The first column of the first row; NOT_FOUND where there is no row.
  absl::StatusOr<int64_t> Integer(absl::string_view sql);
  absl::StatusOr<std::string> Text(absl::string_view sql);

  // Whether a transaction is open: SQLite ends one by itself after some failures.
  bool InTransaction() const;
  // Rows that the last statement inserted, updated or deleted.
  int64_t Changes() const;
  // Rows that all statements so far did.
  int64_t TotalChanges() const;
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };

  Database(std::unique_ptr<sqlite3, Close> connection, std::string path)
      : connection_(std::move(connection)), path_(std::move(path)) {}

  std::unique_ptr<sqlite3, Close> connection_;
  std::string path_;
};

// A prepared statement; Reset makes it ready to run again. Parameters are numbered from 1, columns
// from 0. A parameter that cannot be bound makes the next Step fail.
class Statement {
 public:
  Statement& Bind(int index, int64_t value);
  Statement& Bind(int index, absl::string_view text);
  Statement& Bind(int index, const std::optional<int64_t>& value);  // null where absent

  // True: a row is there to be read. False: done.
  absl::StatusOr<bool> Step();
  // Runs a statement that returns no row, then resets it.
  absl::Status Run();
  void Reset();

  int64_t Integer(int column) const;
  std::optional<int64_t> OptionalInteger(int column) const;  // nothing for null
  std::string Text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  Statement(sqlite3_stmt* statement, std::string path)
      : statement_(statement), path_(std::move(path)) {}

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string path_;
  int bind_result_ = 0;
};

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_SQLITE_H_
