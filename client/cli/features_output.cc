#include "client/cli/features_output.h"

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/stop_signals.h"
#include "core/base/staging_folder.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

namespace fs = std::filesystem;

// By the file's extension; CSV whatever else it is called.
table::TableFormat FormatOf(const fs::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".npy") return table::TableFormat::kNpy;
  if (extension == ".parquet") return table::TableFormat::kParquet;
  return table::TableFormat::kCsv;
}

std::vector<std::string> ColumnNames(const features::FeatureSet& set) {
  std::vector<std::string> names;
  for (const features::Column& column : set.columns()) names.push_back(column.name);
  return names;
}

bool IsNoRegularFile(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  return fs::exists(status) && !fs::is_regular_file(status);
}

// Nothing is left to take away where a signal ends the process here.
absl::StatusOr<FeatureTable> WriteInPlace(const fs::path& path, const features::FeatureSet& set,
                                          const features::FeatureInput& input) {
  const table::TableFormat format = FormatOf(path);
  std::error_code error;
  if (format == table::TableFormat::kNpy && !fs::is_regular_file(path, error)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path.string(), " is no regular file, and .npy takes one: its length is written last"));
  }
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  auto writer = format == table::TableFormat::kCsv
                    ? table::CreateCsv(path, ColumnNames(set))
                    : table::CreateTable(format, folder, path.stem().string(), ColumnNames(set));
  AIFX_RETURN_IF_ERROR(writer.status());
  AIFX_ASSIGN_OR_RETURN(FeatureTable written, WriteFeatureTable(set, input, **writer, {}));
  AIFX_RETURN_IF_ERROR((*writer)->Close());
  return written;
}

absl::StatusOr<FeatureTable> WriteAside(const fs::path& path, const features::FeatureSet& set,
                                        const features::FeatureInput& input) {
  const table::TableFormat format = FormatOf(path);
  const std::string stem = path.stem().string();
  const base::CallContext context;
  // Outlives the folder, which has to go away before a signal may end the process.
  const CancelOnSignal cancel_on_signal(context);
  AIFX_ASSIGN_OR_RETURN(const auto staging, base::StagingFolder::Create(path));
  AIFX_ASSIGN_OR_RETURN(const auto writer,
                        table::CreateTable(format, staging->path(), stem, ColumnNames(set)));
  AIFX_ASSIGN_OR_RETURN(FeatureTable written, WriteFeatureTable(set, input, *writer, context));
  AIFX_RETURN_IF_ERROR(writer->Close());
  std::vector<std::string> files = table::TableFiles(format, stem);
  if (files[0] != path.filename()) {  // a CSV that is not called so
    const fs::path folder(staging->path());
    std::error_code error;
    fs::rename(folder / files[0], folder / path.filename(), error);
    if (error) {
      return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot write ", path.string()));
    }
    files[0] = path.filename().string();
  }
  if (context.IsCancelled()) return absl::CancelledError("interrupted");
  AIFX_RETURN_IF_ERROR(staging->PublishFiles(files));
  return written;
}

}  // namespace

absl::StatusOr<FeatureTable> WriteFeatureFile(const std::string& out,
                                              const features::FeatureSet& set,
                                              const features::FeatureInput& input) {
  const fs::path path(out);
  std::error_code error;
  if (path.has_parent_path() && !fs::is_directory(path.parent_path(), error)) {
    return absl::NotFoundError(absl::StrCat("cannot create ", out, ": there is no such folder"));
  }
  return IsNoRegularFile(path) ? WriteInPlace(path, set, input) : WriteAside(path, set, input);
}

}  // namespace aifx::cli
