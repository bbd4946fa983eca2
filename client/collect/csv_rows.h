#ifndef AIFX_CLIENT_COLLECT_CSV_ROWS_H_
#define AIFX_CLIENT_COLLECT_CSV_ROWS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/collect/source_rows.h"

namespace aifx::collect {

// The CSV half of ParseRows (source_rows.h).
absl::StatusOr<std::vector<SourceRow>> ParseCsvRows(absl::string_view text, absl::string_view name);

}  // namespace aifx::collect

#endif  // AIFX_CLIENT_COLLECT_CSV_ROWS_H_
