#ifndef AIFX_CLIENT_OUTBOX_ENTRY_TABLE_H_
#define AIFX_CLIENT_OUTBOX_ENTRY_TABLE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/outbox/entry.h"
#include "client/outbox/sqlite.h"

namespace aifx::outbox {

// Names of the counters (docs/outbox.md).
inline constexpr char kPossibleDuplicates[] = "possible_duplicates";
inline constexpr char kDuplicatesFound[] = "duplicates_found";
inline constexpr char kDiskProbes[] = "disk_probes";

// How much the table holds.
struct Usage {
  std::array<int64_t, 5> rows = {};  // by SubmissionState
  int64_t open_bytes = 0;            // payload of what is not ACKED

  int64_t Rows(records::SubmissionState state) const { return rows[static_cast<size_t>(state)]; }
  int64_t OpenRows() const;  // everything but ACKED
};

// The table `submissions` as entries, and the counters. Thread-compatible; used inside the writer's
// transactions. Errors are Database's, and DATA_LOSS for a row that was not written here.
class EntryTable {
 public:
  // Takes an open outbox's file (OpenDatabase). Reads how much is there.
  static absl::StatusOr<EntryTable> Open(Database database);

  // Adds an entry and returns its sequence; entry.sequence is ignored. Nothing where the kind and
  // request_id exist already.
  absl::StatusOr<std::optional<int64_t>> Insert(const Entry& entry);
  absl::StatusOr<std::optional<Entry>> Find(records::SubmissionKind kind,
                                            const std::string& request_id);
  absl::StatusOr<std::optional<Entry>> Get(int64_t sequence);
  // Writes every column of the entry but its id. REQUIRES: it was read in this transaction.
  absl::Status Update(const Entry& before, const Entry& after);

  // Entries of `state` whose next_attempt_at has come, the longest due first.
  absl::StatusOr<std::vector<Entry>> Due(records::SubmissionState state, absl::Time now,
                                         int64_t limit);
  // Newest first; `before` is a sequence, 0: from the newest on. `states` empty: all.
  absl::StatusOr<std::vector<Entry>> List(const std::vector<records::SubmissionState>& states,
                                          int64_t before, int64_t limit);
  absl::StatusOr<std::vector<Entry>> InState(records::SubmissionState state, int64_t limit);
  // When the oldest entry that is neither ACKED nor DEAD was accepted.
  absl::StatusOr<std::optional<absl::Time>> OldestOpen();

  // Deletes entries of `state` created before `time`, at most `limit`, oldest first; predictions
  // whose outcome still has to go stay. Returns how many.
  absl::StatusOr<int64_t> Delete(records::SubmissionState state, absl::Time time, int64_t limit);
  // Moves every next_attempt_at: our clock jumped back.
  absl::Status ShiftDue(absl::Duration by);
  // Brings every next_attempt_at that is later forward to `latest`.
  absl::Status CapDue(absl::Time latest);

  absl::Status AddToCounter(const std::string& name, int64_t by);
  absl::StatusOr<int64_t> Counter(const std::string& name);

  const Usage& usage() const { return usage_; }
  // After a rollback: what usage() was at the transaction's beginning.
  void RestoreUsage(const Usage& usage) { usage_ = usage; }
  Database& database() { return database_; }

 private:
  EntryTable(Database database, Statement insert, Statement update, Statement find, Statement get,
             Statement due);
  absl::Status CountUsage();
  absl::StatusOr<std::vector<Entry>> ReadAll(Statement& statement);
  void Count(const Entry& entry, int64_t sign);

  Database database_;
  Statement insert_, update_, find_, get_, due_;
  Usage usage_;
};

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_ENTRY_TABLE_H_
