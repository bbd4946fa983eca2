#ifndef AIFX_CLIENT_OUTBOX_SCHEMA_H_
#define AIFX_CLIENT_OUTBOX_SCHEMA_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/outbox/sqlite.h"

namespace aifx::outbox {

// Opens the outbox's file in the form of docs/outbox.md: pragmas, check, migrations. DATA_LOSS
// where the file is damaged or not ours; FAILED_PRECONDITION where another process holds it or a
// newer engine wrote it; else Database's errors.
absl::StatusOr<Database> OpenDatabase(const std::string& path, const std::string& vfs);

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_SCHEMA_H_
