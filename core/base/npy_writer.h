#ifndef AIFX_CORE_BASE_NPY_WRITER_H_
#define AIFX_CORE_BASE_NPY_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/base/file_writer.h"

namespace aifx::base {

// The element types that are written, all little-endian.
enum class NpyType {
  kFloat32,
  kFloat64,
  kInt64,
  kSeconds,  // datetime64[s]: int64 seconds since 1970-01-01 00:00 UTC
};

// Writes one array in NumPy's .npy format (version 1.0, C order), row by row: how many rows it has
// is put into the header at the end, so memory does not grow with them. The bytes are those that
// numpy.save writes. Format: numpy.lib.format in NumPy's reference. Not thread-safe.
class NpyWriter {
 public:
  // An array of shape [rows, row_shape...]; an empty row_shape makes it one-dimensional.
  // InvalidArgument where a size in row_shape is below 1; else the file system's error.
  static absl::StatusOr<std::unique_ptr<NpyWriter>> Create(const std::string& path, NpyType type,
                                                           std::vector<int64_t> row_shape);

  // Appends elements: whole rows, many rows, or parts of one. InvalidArgument where their type is
  // not the array's, else the file system's error.
  absl::Status Append(absl::Span<const float> elements);
  absl::Status Append(absl::Span<const double> elements);
  absl::Status Append(absl::Span<const int64_t> elements);  // kInt64 and kSeconds

  // Whole rows so far.
  int64_t rows() const { return elements_ / row_elements_; }

  // Completes the header, syncs the file to the disk and closes it: the last call. Without it the
  // file is removed with the writer. FailedPrecondition where the last row is not whole.
  absl::Status Close();

 private:
  NpyWriter(std::unique_ptr<FileWriter> file, std::string path, NpyType type,
            std::vector<int64_t> row_shape, int64_t row_elements);
  std::string Header() const;
  template <typename T>
  absl::Status AppendAs(absl::Span<const T> elements, bool is_own_type);

  const std::unique_ptr<FileWriter> file_;
  const std::string path_;
  const NpyType type_;
  const std::vector<int64_t> row_shape_;
  const int64_t row_elements_;
  int64_t elements_ = 0;
};

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_NPY_WRITER_H_
