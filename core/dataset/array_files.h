#ifndef AIFX_CORE_DATASET_ARRAY_FILES_H_
#define AIFX_CORE_DATASET_ARRAY_FILES_H_

#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/base/npy_writer.h"

namespace aifx::dataset {

// A file of a data set.
struct DatasetFile {
  std::string name;  // from the data set's folder: "train/technical.npy"
  std::string dtype;
  std::vector<int64_t> shape;  // empty: not an array
  int64_t bytes = 0;
  std::string sha256;
};

// What is hashed of an array's elements.
template <typename T>
absl::string_view BytesOf(absl::Span<const T> elements) {
  return {reinterpret_cast<const char*>(elements.data()), elements.size() * sizeof(T)};
}

// The .npy files of one data set. All of them are written, and the disk begins with each, before
// the first one is waited for: as many files cost hardly more than one. Hashes are of what is
// written; nothing is read back. Not thread-safe. Errors are the file system's, with the path.
class ArrayFiles {
 public:
  // In a folder that exists, as do those in the names of files.
  explicit ArrayFiles(std::string folder) : folder_(std::move(folder)) {}

  // Starts a file that the caller appends shape[0] rows to and calls StartSync of. `sha256` becomes
  // the hash of the whole file, NpyHeader(type, shape) in front; the object waits for it when it
  // goes. The writer is valid until Finish.
  absl::StatusOr<base::NpyWriter*> Start(const std::string& name, base::NpyType type,
                                         const std::vector<int64_t>& shape,
                                         std::future<std::string> sha256);

  // Writes a whole array that is in memory.
  template <typename T>
  absl::Status Write(const std::string& name, base::NpyType type, const std::vector<int64_t>& shape,
                     const std::vector<T>& elements) {
    std::promise<std::string> sha256;
    sha256.set_value(HashOf(type, shape, BytesOf(absl::MakeConstSpan(elements))));
    const auto writer = Start(name, type, shape, sha256.get_future());
    if (!writer.ok()) return writer.status();
    const absl::Status status = (*writer)->Append(absl::MakeConstSpan(elements));
    return status.ok() ? (*writer)->StartSync() : status;
  }

  // Syncs all files, and says what they are in the order in which they were started. To be called
  // once, as the last call; files go where it is not, or where one fails.
  absl::StatusOr<std::vector<DatasetFile>> Finish();

 private:
  struct Array {
    DatasetFile file;
    std::unique_ptr<base::NpyWriter> writer;
    std::future<std::string> sha256;
  };

  static std::string HashOf(base::NpyType type, const std::vector<int64_t>& shape,
                            absl::string_view elements);

  const std::string folder_;
  std::vector<Array> arrays_;
};

}  // namespace aifx::dataset

#endif  // AIFX_CORE_DATASET_ARRAY_FILES_H_
