#ifndef AIFX_CLIENT_TABLE_TABLE_WRITER_H_
#define AIFX_CLIENT_TABLE_TABLE_WRITER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace aifx::table {

// The forms of a table of numbers by time (docs/feature-files.md).
enum class TableFormat { kCsv, kNpy, kParquet };

// "csv", "npy", "parquet".
absl::string_view TableFormatName(TableFormat format);
// InvalidArgument naming the value and the accepted names where it is none of them.
absl::StatusOr<TableFormat> ParseTableFormat(absl::string_view name);

// The names of the files that a table called `stem` consists of, the one with the values first:
// train.csv, or train.npy and train_timestamps.npy, or train.parquet.
std::vector<std::string> TableFiles(TableFormat format, absl::string_view stem);

// Writes a table row by row: a time and one double a column. Memory does not grow with the rows
// (Parquet holds one row group of 32,768). Not thread-safe.
class TableWriter {
 public:
  virtual ~TableWriter() = default;

  // Times are kept to the second (CSV: exactly). REQUIRES: as many values as columns
  virtual absl::Status Append(absl::Time time, absl::Span<const double> values) = 0;

  // Completes the files and syncs them to the disk: the last call. Without it they are removed
  // with the writer.
  virtual absl::Status Close() = 0;
};

// Creates the files of TableFiles in `folder`. The file system's error otherwise.
absl::StatusOr<std::unique_ptr<TableWriter>> CreateTable(TableFormat format,
                                                         const std::string& folder,
                                                         absl::string_view stem,
                                                         const std::vector<std::string>& columns);

// A CSV called `path`, whatever its extension, or written to the pipe or device of that name: a
// header line (timestamp and the columns), then a line a row: RFC 3339 in UTC and numbers in the
// shortest form that reads back as the same double.
absl::StatusOr<std::unique_ptr<TableWriter>> CreateCsv(const std::string& path,
                                                       const std::vector<std::string>& columns);

}  // namespace aifx::table

#endif  // AIFX_CLIENT_TABLE_TABLE_WRITER_H_
