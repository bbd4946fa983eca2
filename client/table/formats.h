// The writers behind CreateTable beside CreateCsv, one a format; private to this folder.
#ifndef AIFX_CLIENT_TABLE_FORMATS_H_
#define AIFX_CLIENT_TABLE_FORMATS_H_

#include <memory>
#include <string>
#include <vector>

#include "client/table/table_writer.h"

namespace aifx::table {

// float64 [rows, columns] in C order and datetime64[s] [rows]. There are no column names in them.
absl::StatusOr<std::unique_ptr<TableWriter>> CreateNpy(const std::string& values_path,
                                                       const std::string& times_path,
                                                       size_t columns);

// One file: `timestamp` in milliseconds UTC and the columns as doubles, none of them nullable;
// compressed with Zstandard.
absl::StatusOr<std::unique_ptr<TableWriter>> CreateParquet(const std::string& path,
                                                           const std::vector<std::string>& columns);

}  // namespace aifx::table

#endif  // AIFX_CLIENT_TABLE_FORMATS_H_
