#include "client/table/table_writer.h"

#include "absl/strings/str_cat.h"
#include "client/table/formats.h"

namespace aifx::table {

absl::string_view TableFormatName(TableFormat format) {
  switch (format) {
    case TableFormat::kCsv:
      return "csv";
    case TableFormat::kNpy:
      return "npy";
    case TableFormat::kParquet:
      return "parquet";
  }
  return "";
}

absl::StatusOr<TableFormat> ParseTableFormat(absl::string_view name) {
  for (const TableFormat format : {TableFormat::kCsv, TableFormat::kNpy, TableFormat::kParquet}) {
    if (TableFormatName(format) == name) return format;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "' is not a format; there are: csv, npy, parquet"));
}

std::vector<std::string> TableFiles(TableFormat format, absl::string_view stem) {
  std::vector<std::string> files = {absl::StrCat(stem, ".", TableFormatName(format))};
  if (format == TableFormat::kNpy) files.push_back(absl::StrCat(stem, "_timestamps.npy"));
  return files;
}

absl::StatusOr<std::unique_ptr<TableWriter>> CreateTable(TableFormat format,
                                                         const std::string& folder,
                                                         absl::string_view stem,
                                                         const std::vector<std::string>& columns) {
  std::vector<std::string> paths = TableFiles(format, stem);
  for (std::string& path : paths) path = absl::StrCat(folder, "/", path);
  switch (format) {
    case TableFormat::kCsv:
      return CreateCsv(paths[0], columns);
    case TableFormat::kNpy:
      return CreateNpy(paths[0], paths[1], columns.size());
    case TableFormat::kParquet:
      return CreateParquet(paths[0], columns);
  }
  return absl::InternalError("unknown table format");
}

}  // namespace aifx::table
