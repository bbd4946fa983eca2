#include "client/outbox/entry_table.h"

#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/outbox/entry_row.h"
#include "core/base/status_macros.h"

namespace aifx::outbox {
namespace {

using records::SubmissionKind;
using records::SubmissionState;

absl::StatusOr<std::optional<Entry>> ReadOne(Statement& statement) {
  AIFX_ASSIGN_OR_RETURN(const bool row, statement.Step());
  std::optional<Entry> found;
  if (row) {
    AIFX_ASSIGN_OR_RETURN(found, EntryOf(statement));
  }
  statement.Reset();
  return found;
}

std::string StateList(const std::vector<SubmissionState>& states) {
  return absl::StrJoin(states, ",", [](std::string* out, SubmissionState state) {
    absl::StrAppend(out, static_cast<int>(state));
  });
}

}  // namespace

int64_t Usage::OpenRows() const {
  return std::accumulate(rows.begin(), rows.end(), int64_t{0}) - Rows(SubmissionState::kAcked);
}

EntryTable::EntryTable(Database database, Statement insert, Statement update, Statement find,
                       Statement get, Statement due)
    : database_(std::move(database)),
      insert_(std::move(insert)),
      update_(std::move(update)),
      find_(std::move(find)),
      get_(std::move(get)),
      due_(std::move(due)) {}

absl::StatusOr<EntryTable> EntryTable::Open(Database database) {
  AIFX_ASSIGN_OR_RETURN(
      Statement insert,
      database.Prepare(
          "INSERT INTO submissions (kind, request_id, state, revision, content_hash, payload, "
          "queued_at_us, attempts, failures, last_attempt_us, unsure_since_us, "
          "unsure_since_backend_us, next_attempt_us, backend_id, error_code, error_message, "
          "receipt, created_at_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
          "?14, ?15, ?16, ?17, ?18) ON CONFLICT DO NOTHING RETURNING sequence"));
  AIFX_ASSIGN_OR_RETURN(
      Statement update,
      database.Prepare(
          "UPDATE submissions SET kind = ?2, state = ?3, revision = ?4, content_hash = ?5, "
          "payload = ?6, queued_at_us = ?7, attempts = ?8, failures = ?9, last_attempt_us = ?10, "
          "unsure_since_us = ?11, unsure_since_backend_us = ?12, next_attempt_us = ?13, "
          "backend_id = ?14, error_code = ?15, error_message = ?16, receipt = ?17 "
          "WHERE sequence = ?1"));
  AIFX_ASSIGN_OR_RETURN(
      Statement find,
      database.Prepare(absl::StrCat("SELECT ", kEntryColumns,
                                    " FROM submissions WHERE kind = ?1 AND request_id = ?2")));
  AIFX_ASSIGN_OR_RETURN(Statement get,
                        database.Prepare(absl::StrCat("SELECT ", kEntryColumns,
                                                      " FROM submissions WHERE sequence = ?1")));
  AIFX_ASSIGN_OR_RETURN(
      Statement due,
      database.Prepare(absl::StrCat("SELECT ", kEntryColumns,
                                    " FROM submissions WHERE state = ?1 AND next_attempt_us <= ?2 "
                                    "ORDER BY next_attempt_us, sequence LIMIT ?3")));
  EntryTable table(std::move(database), std::move(insert), std::move(update), std::move(find),
                   std::move(get), std::move(due));
  AIFX_RETURN_IF_ERROR(table.CountUsage());
  return table;
}

absl::Status EntryTable::CountUsage() {
  AIFX_ASSIGN_OR_RETURN(
      Statement count,
      database_.Prepare("SELECT state, count(*), sum(length(CAST(payload AS BLOB))) "
                        "FROM submissions GROUP BY state"));
  Usage usage;
  while (true) {
    AIFX_ASSIGN_OR_RETURN(const bool row, count.Step());
    if (!row) break;
    usage.rows[static_cast<size_t>(count.Integer(0))] = count.Integer(1);
    usage.open_bytes += count.Integer(2);
  }
  usage_ = usage;
  return absl::OkStatus();
}

void EntryTable::Count(const Entry& entry, int64_t sign) {
  usage_.rows[static_cast<size_t>(entry.state)] += sign;
  usage_.open_bytes += sign * static_cast<int64_t>(entry.payload.size());
}

absl::StatusOr<std::optional<int64_t>> EntryTable::Insert(const Entry& entry) {
  insert_.Bind(1, static_cast<int64_t>(entry.kind)).Bind(2, entry.request_id);
  BindEntry(insert_, entry);
  insert_.Bind(18, absl::ToUnixMicros(entry.created_at));
  const absl::StatusOr<bool> row = insert_.Step();
  std::optional<int64_t> sequence;
  if (row.ok() && *row) {
    sequence = insert_.Integer(0);
    Count(entry, +1);
  }
  insert_.Reset();
  AIFX_RETURN_IF_ERROR(row.status());
  return sequence;
}

absl::Status EntryTable::Update(const Entry& before, const Entry& after) {
  update_.Bind(1, before.sequence).Bind(2, static_cast<int64_t>(before.kind));
  BindEntry(update_, after);
  AIFX_RETURN_IF_ERROR(update_.Run());
  Count(before, -1);
  Count(after, +1);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Entry>> EntryTable::Find(SubmissionKind kind,
                                                      const std::string& request_id) {
  find_.Reset();
  return ReadOne(find_.Bind(1, static_cast<int64_t>(kind)).Bind(2, request_id));
}

absl::StatusOr<std::optional<Entry>> EntryTable::Get(int64_t sequence) {
  get_.Reset();
  return ReadOne(get_.Bind(1, sequence));
}

absl::StatusOr<std::vector<Entry>> EntryTable::ReadAll(Statement& statement) {
  std::vector<Entry> entries;
  while (true) {
    AIFX_ASSIGN_OR_RETURN(const bool row, statement.Step());
    if (!row) break;
    AIFX_ASSIGN_OR_RETURN(Entry entry, EntryOf(statement));
    entries.push_back(std::move(entry));
  }
  statement.Reset();
  return entries;
}

absl::StatusOr<std::vector<Entry>> EntryTable::Due(SubmissionState state, absl::Time now,
                                                   int64_t limit) {
  due_.Reset();
  due_.Bind(1, static_cast<int64_t>(state)).Bind(2, absl::ToUnixMicros(now)).Bind(3, limit);
  return ReadAll(due_);
}

absl::StatusOr<std::vector<Entry>> EntryTable::List(const std::vector<SubmissionState>& states,
                                                    int64_t before, int64_t limit) {
  const std::string states_clause =
      states.empty() ? "" : absl::StrCat(" AND state IN (", StateList(states), ")");
  AIFX_ASSIGN_OR_RETURN(Statement list, database_.Prepare(absl::StrCat(
                                            "SELECT ", kEntryColumns,
                                            " FROM submissions WHERE (?1 = 0 OR sequence < ?1)",
                                            states_clause, " ORDER BY sequence DESC LIMIT ?2")));
  list.Bind(1, before).Bind(2, limit);
  return ReadAll(list);
}

absl::StatusOr<std::vector<Entry>> EntryTable::InState(SubmissionState state, int64_t limit) {
  AIFX_ASSIGN_OR_RETURN(Statement list, database_.Prepare(absl::StrCat(
                                            "SELECT ", kEntryColumns,
                                            " FROM submissions WHERE state = ?1 ORDER BY sequence "
                                            "LIMIT ?2")));
  list.Bind(1, static_cast<int64_t>(state)).Bind(2, limit);
  return ReadAll(list);
}

absl::StatusOr<std::optional<absl::Time>> EntryTable::OldestOpen() {
  std::optional<absl::Time> oldest;
  for (const SubmissionState state :
       {SubmissionState::kQueued, SubmissionState::kInflight, SubmissionState::kUnknown}) {
    AIFX_ASSIGN_OR_RETURN(const std::vector<Entry> first, InState(state, 1));
    if (!first.empty() && (!oldest.has_value() || first[0].created_at < *oldest)) {
      oldest = first[0].created_at;
    }
  }
  return oldest;
}

absl::StatusOr<int64_t> EntryTable::Delete(SubmissionState state, absl::Time time, int64_t limit) {
  // A prediction of which an outcome still has to go stays: the outcome needs its backend_id.
  const std::string open_states =
      StateList({SubmissionState::kQueued, SubmissionState::kInflight, SubmissionState::kUnknown});
  AIFX_ASSIGN_OR_RETURN(
      Statement remove,
      database_.Prepare(absl::StrCat(
          "DELETE FROM submissions WHERE sequence IN (SELECT sequence FROM submissions AS s "
          "WHERE state = ?1 AND created_at_us < ?2 AND NOT (kind = 0 AND EXISTS (SELECT 1 FROM "
          "submissions AS o WHERE o.kind = 1 AND o.request_id = s.request_id AND o.state IN (",
          open_states, "))) ORDER BY sequence LIMIT ?3)")));
  remove.Bind(1, static_cast<int64_t>(state)).Bind(2, absl::ToUnixMicros(time)).Bind(3, limit);
  AIFX_RETURN_IF_ERROR(remove.Run());
  const int64_t removed = database_.Changes();
  if (removed > 0) AIFX_RETURN_IF_ERROR(CountUsage());
  return removed;
}

absl::Status EntryTable::ShiftDue(absl::Duration by) {
  return database_.Run(absl::StrCat("UPDATE submissions SET next_attempt_us = next_attempt_us + (",
                                    absl::ToInt64Microseconds(by),
                                    ") WHERE next_attempt_us IS NOT NULL"));
}

absl::Status EntryTable::CapDue(absl::Time latest) {
  const int64_t micros = absl::ToUnixMicros(latest);
  return database_.Run(absl::StrCat("UPDATE submissions SET next_attempt_us = ", micros,
                                    " WHERE next_attempt_us > ", micros));
}

absl::Status EntryTable::AddToCounter(const std::string& name, int64_t by) {
  AIFX_ASSIGN_OR_RETURN(Statement add,
                        database_.Prepare("INSERT INTO counters (name, value) VALUES (?1, ?2) ON "
                                          "CONFLICT (name) DO UPDATE SET value = value + ?2"));
  return add.Bind(1, name).Bind(2, by).Run();
}

absl::StatusOr<int64_t> EntryTable::Counter(const std::string& name) {
  AIFX_ASSIGN_OR_RETURN(Statement get,
                        database_.Prepare("SELECT value FROM counters WHERE name = ?1"));
  AIFX_ASSIGN_OR_RETURN(const bool row, get.Bind(1, name).Step());
  return row ? get.Integer(0) : 0;
}

}  // namespace aifx::outbox
