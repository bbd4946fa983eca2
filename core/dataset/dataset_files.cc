#include "core/dataset/dataset_files.h"

#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <future>

#include "absl/strings/str_cat.h"
#include "core/base/files.h"
#include "core/base/mutex.h"
#include "core/base/npy_writer.h"
#include "core/base/sha256.h"
#include "core/base/status_macros.h"
#include "core/dataset/dataset_json.h"

namespace aifx::dataset {
namespace {

using base::NpyType;

constexpr int64_t kWindowsPerReport = 4096;

std::string NameOf(Part part, const char* name) {
  return absl::StrCat(PartName(part), "/", name, ".npy");
}

// The arrays of one data set, part after part. Windows are hashed on a second thread, which goes
// through them by itself; never on more, so that two processors do for hashing and writing.
class ArrayWriter {
 public:
  ArrayWriter(const Dataset& data, const std::string& folder, const OnWindows& on_windows)
      : data_(data), folder_(folder), on_windows_(on_windows), files_(folder) {
    for (const Part part : kParts) windows_ += Count(part);
  }
  ~ArrayWriter() { stop_ = true; }  // for the hashing, which files_ waits for

  absl::Status WritePart(Part part);
  // The files with their hashes, in the order in which they were written.
  absl::StatusOr<std::vector<DatasetFile>> Finish();

 private:
  const std::vector<size_t>& RowsOf(Part part) const { return data_.split().of(part).rows; }
  int64_t Count(Part part) const { return static_cast<int64_t>(RowsOf(part).size()); }
  absl::Status WriteWindows(Part part);
  std::string HashOfWindows(Part part, const std::vector<int64_t>& shape) const;
  absl::Status WriteMatrix(Part part, const char* name, const features::FeatureMatrix& matrix);
  template <typename T, typename Value>
  absl::Status WriteColumn(Part part, const char* name, NpyType type, Value value);
  absl::Status WriteTargets(Part part);

  const Dataset& data_;
  const std::string folder_;
  const OnWindows& on_windows_;
  int64_t windows_ = 0, written_ = 0;
  std::atomic<bool> stop_ = false;
  mutable base::Mutex hashing_;
  ArrayFiles files_;
};

std::string ArrayWriter::HashOfWindows(Part part, const std::vector<int64_t>& shape) const {
  base::MutexLock lock(hashing_);
  base::Sha256 hash;
  hash.Add(base::NpyHeader(NpyType::kFloat32, shape));
  std::vector<float> scratch;
  for (const size_t r : RowsOf(part)) {
    if (stop_) break;
    hash.Add(BytesOf(data_.Window(data_.rows()[r], scratch)));
  }
  return hash.FinishHex();
}

absl::Status ArrayWriter::WriteWindows(Part part) {
  const std::vector<int64_t> shape = {Count(part), static_cast<int64_t>(data_.spec().sequence),
                                      static_cast<int64_t>(data_.spec().set->columns().size())};
  AIFX_ASSIGN_OR_RETURN(base::NpyWriter* const file,
                        files_.Start(NameOf(part, "technical"), NpyType::kFloat32, shape,
                                     std::async(std::launch::async, [this, part, shape] {
                                       return HashOfWindows(part, shape);
                                     })));
  std::vector<float> scratch;
  for (const size_t r : RowsOf(part)) {
    if (on_windows_ && written_ % kWindowsPerReport == 0) {
      AIFX_RETURN_IF_ERROR(on_windows_(written_, windows_));
    }
    AIFX_RETURN_IF_ERROR(file->Append(data_.Window(data_.rows()[r], scratch)));
    ++written_;
  }
  return file->StartSync();
}

absl::Status ArrayWriter::WriteMatrix(Part part, const char* name,
                                      const features::FeatureMatrix& matrix) {
  std::vector<float> elements;
  elements.reserve(RowsOf(part).size() * matrix.columns);
  for (const size_t r : RowsOf(part)) {
    for (const double value : matrix.Row(r)) elements.push_back(static_cast<float>(value));
  }
  return files_.Write(NameOf(part, name), NpyType::kFloat32,
                      {Count(part), static_cast<int64_t>(matrix.columns)}, elements);
}

// One value a row.
template <typename T, typename Value>
absl::Status ArrayWriter::WriteColumn(Part part, const char* name, NpyType type, Value value) {
  std::vector<T> elements;
  elements.reserve(RowsOf(part).size());
  for (const size_t r : RowsOf(part)) elements.push_back(value(data_.rows()[r]));
  return files_.Write(NameOf(part, name), type, {Count(part)}, elements);
}

absl::Status ArrayWriter::WriteTargets(Part part) {
  const TargetRule& rule = data_.spec().targets;
  const auto integers = [&](const char* name, auto value) {
    return WriteColumn<int64_t>(part, name, NpyType::kInt64, value);
  };
  const auto times = [&](const char* name, absl::Time Row::*time) {
    return WriteColumn<int64_t>(part, name, NpyType::kSeconds,
                                [time](const Row& row) { return absl::ToUnixSeconds(row.*time); });
  };
  AIFX_RETURN_IF_ERROR(times("timestamps", &Row::as_of));
  AIFX_RETURN_IF_ERROR(times("horizon_end", &Row::horizon_end));
  if (rule.direction) {
    AIFX_RETURN_IF_ERROR(
        integers("direction", [](const Row& row) { return int64_t{row.target.direction}; }));
  }
  if (rule.change) {
    AIFX_RETURN_IF_ERROR(WriteColumn<double>(part, "return", NpyType::kFloat64,
                                             [](const Row& row) { return row.target.change; }));
  }
  if (rule.close) {
    AIFX_RETURN_IF_ERROR(WriteColumn<double>(part, "close", NpyType::kFloat64,
                                             [](const Row& row) { return row.target.close; }));
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
  return WriteTargets(part);
}

absl::StatusOr<std::vector<DatasetFile>> ArrayWriter::Finish() {
  if (on_windows_) AIFX_RETURN_IF_ERROR(on_windows_(written_, windows_));
  AIFX_ASSIGN_OR_RETURN(std::vector<DatasetFile> files, files_.Finish());
  for (const Part part : kParts) {
    AIFX_RETURN_IF_ERROR(base::SyncPath(absl::StrCat(folder_, "/", PartName(part))));
  }
  const std::string scalers = ScalersJson(data_).dump(1) + "\n";
  AIFX_RETURN_IF_ERROR(base::WriteFileAtomically(absl::StrCat(folder_, "/scalers.json"), scalers));
  files.push_back({.name = "scalers.json",
                   .bytes = static_cast<int64_t>(scalers.size()),
                   .sha256 = base::Sha256Hex(scalers)});
  return files;
}

}  // namespace

absl::StatusOr<std::vector<DatasetFile>> WriteArrays(const Dataset& data, const std::string& folder,
                                                     const OnWindows& on_windows) {
  ArrayWriter writer(data, folder, on_windows);
  for (const Part part : kParts) AIFX_RETURN_IF_ERROR(writer.WritePart(part));
  return writer.Finish();
}

int64_t ArrayBytes(const Dataset& data) {
  const TargetRule& rule = data.spec().targets;
  int64_t floats = static_cast<int64_t>(data.spec().sequence * data.spec().set->columns().size());
  if (data.has_fundamental()) {
    floats += static_cast<int64_t>(data.fundamental().columns + data.fundamental_mask().columns);
  }
  if (data.has_event()) floats += static_cast<int64_t>(data.event().columns);
  const int64_t words = 2 + (rule.direction ? 1 : 0) + (rule.change ? 1 : 0) +
                        (rule.close ? 1 : 0) + (rule.barrier ? 2 : 0);
  int64_t rows = 0;
  for (const Part part : kParts) rows += static_cast<int64_t>(data.split().of(part).rows.size());
  return rows * (4 * floats + 8 * words);
}

}  // namespace aifx::dataset
