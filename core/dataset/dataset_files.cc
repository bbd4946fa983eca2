#include "core/dataset/dataset_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <future>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/files.h"
#include "core/base/npy_writer.h"
#include "core/base/sha256.h"
#include "core/base/status_macros.h"
#include "core/dataset/dataset_json.h"

namespace aifx::dataset {
namespace {

using base::NpyType;
using base::NpyWriter;

constexpr int64_t kWindowsPerReport = 4096;

// The files of one data set, one after another; each is hashed while the next ones are written.
class ArrayWriter {
 public:
  ArrayWriter(const Dataset& data, std::string folder, const OnWindows& on_windows)
      : data_(data), folder_(std::move(folder)), on_windows_(on_windows) {
    for (const Part part : kParts) windows_ += Count(part);
  }

  absl::Status WritePart(Part part);
  absl::Status WriteScalers();
  // The files with their hashes, in the order in which they were written.
  absl::StatusOr<std::vector<DatasetFile>> Finish();

 private:
  struct Pending {
    DatasetFile file;
    std::future<absl::StatusOr<std::string>> sha256;
  };

  int64_t Count(Part part) const {
    return static_cast<int64_t>(data_.split().of(part).rows.size());
  }
  absl::Status WriteWindows(Part part);
  absl::Status WriteMatrix(Part part, const char* name, const features::FeatureMatrix& matrix);
  template <typename T, typename Value>
  absl::Status WriteColumn(Part part, const char* name, NpyType type, const char* dtype,
                           Value value);
  absl::Status WriteTargets(Part part);
  void Hash(DatasetFile file);

  const Dataset& data_;
  const std::string folder_;
  const OnWindows& on_windows_;
  int64_t windows_ = 0, written_ = 0;
  std::vector<Pending> files_;
};

std::string NameOf(Part part, const char* name) {
  return absl::StrCat(PartName(part), "/", name, ".npy");
}

void ArrayWriter::Hash(DatasetFile file) {
  const std::string path = absl::StrCat(folder_, "/", file.name);
  struct stat info;
  if (::stat(path.c_str(), &info) == 0) file.bytes = static_cast<int64_t>(info.st_size);
  files_.push_back({std::move(file), std::async(std::launch::async,
                                                [path] { return base::Sha256HexOfFile(path); })});
}

absl::Status ArrayWriter::WriteWindows(Part part) {
  const auto sequence = static_cast<int64_t>(data_.spec().sequence);
  const auto columns = static_cast<int64_t>(data_.spec().set->columns().size());
  const std::string name = NameOf(part, "technical");
  AIFX_ASSIGN_OR_RETURN(const auto file, NpyWriter::Create(absl::StrCat(folder_, "/", name),
                                                           NpyType::kFloat32, {sequence, columns}));
  for (const size_t r : data_.split().of(part).rows) {
    if (on_windows_ && written_ % kWindowsPerReport == 0) {
      AIFX_RETURN_IF_ERROR(on_windows_(written_, windows_));
    }
    AIFX_RETURN_IF_ERROR(file->Append(data_.Window(data_.rows()[r])));
    ++written_;
  }
  AIFX_RETURN_IF_ERROR(file->Close());
  Hash({.name = name, .dtype = "float32", .shape = {Count(part), sequence, columns}});
  return absl::OkStatus();
}

absl::Status ArrayWriter::WriteMatrix(Part part, const char* name,
                                      const features::FeatureMatrix& matrix) {
  const auto columns = static_cast<int64_t>(matrix.columns);
  const std::string path = NameOf(part, name);
  AIFX_ASSIGN_OR_RETURN(const auto file, NpyWriter::Create(absl::StrCat(folder_, "/", path),
                                                           NpyType::kFloat32, {columns}));
  std::vector<float> row(matrix.columns);
  for (const size_t r : data_.split().of(part).rows) {
    std::transform(matrix.Row(r).begin(), matrix.Row(r).end(), row.begin(),
                   [](double value) { return static_cast<float>(value); });
    AIFX_RETURN_IF_ERROR(file->Append(row));
  }
  AIFX_RETURN_IF_ERROR(file->Close());
  Hash({.name = path, .dtype = "float32", .shape = {Count(part), columns}});
  return absl::OkStatus();
}

// One value a row.
template <typename T, typename Value>
absl::Status ArrayWriter::WriteColumn(Part part, const char* name, NpyType type, const char* dtype,
                                      Value value) {
  const std::string path = NameOf(part, name);
  AIFX_ASSIGN_OR_RETURN(const auto file,
                        NpyWriter::Create(absl::StrCat(folder_, "/", path), type, {}));
  for (const size_t r : data_.split().of(part).rows) {
    const T element = value(data_.rows()[r]);
    AIFX_RETURN_IF_ERROR(file->Append(absl::MakeConstSpan(&element, 1)));
  }
  AIFX_RETURN_IF_ERROR(file->Close());
  Hash({.name = path, .dtype = dtype, .shape = {Count(part)}});
  return absl::OkStatus();
}

absl::Status ArrayWriter::WriteTargets(Part part) {
  const TargetRule& rule = data_.spec().targets;
  const auto integers = [&](const char* name, auto value) {
    return WriteColumn<int64_t>(part, name, NpyType::kInt64, "int64", value);
  };
  const auto times = [&](const char* name, absl::Time Row::*time) {
    return WriteColumn<int64_t>(part, name, NpyType::kSeconds, "datetime64[s]",
                                [time](const Row& row) { return absl::ToUnixSeconds(row.*time); });
  };
  AIFX_RETURN_IF_ERROR(times("timestamps", &Row::as_of));
  AIFX_RETURN_IF_ERROR(times("horizon_end", &Row::horizon_end));
  if (rule.direction) {
    AIFX_RETURN_IF_ERROR(
        integers("direction", [](const Row& row) { return int64_t{row.target.direction}; }));
  }
  if (rule.change) {
    AIFX_RETURN_IF_ERROR(WriteColumn<double>(part, "return", NpyType::kFloat64, "float64",
                                             [](const Row& row) { return row.target.change; }));
  }
  if (!rule.barrier) return absl::OkStatus();
  AIFX_RETURN_IF_ERROR(integers(
      "barrier", [](const Row& row) { return static_cast<int64_t>(row.target.touch.barrier); }));
  return times("barrier_end", &Row::barrier_end);
}

absl::Status ArrayWriter::WritePart(Part part) {
  const std::string folder = absl::StrCat(folder_, "/", PartName(part));
  if (::mkdir(folder.c_str(), 0755) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", folder));
  }
  AIFX_RETURN_IF_ERROR(WriteWindows(part));
  if (data_.has_fundamental()) {
    AIFX_RETURN_IF_ERROR(WriteMatrix(part, "fundamental", data_.fundamental()));
    AIFX_RETURN_IF_ERROR(WriteMatrix(part, "fundamental_mask", data_.fundamental_mask()));
  }
  if (data_.has_event()) AIFX_RETURN_IF_ERROR(WriteMatrix(part, "event", data_.event()));
  AIFX_RETURN_IF_ERROR(WriteTargets(part));
  return base::SyncPath(folder);
}

absl::Status ArrayWriter::WriteScalers() {
  AIFX_RETURN_IF_ERROR(base::WriteFileAtomically(absl::StrCat(folder_, "/scalers.json"),
                                                 ScalersJson(data_).dump(1) + "\n"));
  Hash({.name = "scalers.json"});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<DatasetFile>> ArrayWriter::Finish() {
  if (on_windows_) AIFX_RETURN_IF_ERROR(on_windows_(written_, windows_));
  std::vector<DatasetFile> files;
  for (Pending& pending : files_) {
    AIFX_ASSIGN_OR_RETURN(pending.file.sha256, pending.sha256.get());
    files.push_back(std::move(pending.file));
  }
  return files;
}

}  // namespace

absl::StatusOr<std::vector<DatasetFile>> WriteArrays(const Dataset& data, const std::string& folder,
                                                     const OnWindows& on_windows) {
  ArrayWriter writer(data, folder, on_windows);
  for (const Part part : kParts) AIFX_RETURN_IF_ERROR(writer.WritePart(part));
  AIFX_RETURN_IF_ERROR(writer.WriteScalers());
  return writer.Finish();
}

int64_t ArrayBytes(const Dataset& data) {
  const TargetRule& rule = data.spec().targets;
  int64_t floats = static_cast<int64_t>(data.spec().sequence * data.spec().set->columns().size());
  if (data.has_fundamental()) {
    floats += static_cast<int64_t>(data.fundamental().columns + data.fundamental_mask().columns);
  }
  if (data.has_event()) floats += static_cast<int64_t>(data.event().columns);
  const int64_t words =
      2 + (rule.direction ? 1 : 0) + (rule.change ? 1 : 0) + (rule.barrier ? 2 : 0);
  int64_t rows = 0;
  for (const Part part : kParts) rows += static_cast<int64_t>(data.split().of(part).rows.size());
  return rows * (4 * floats + 8 * words);
}

}  // namespace aifx::dataset
