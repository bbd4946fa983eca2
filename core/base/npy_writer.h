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

// What stands in front of the elements of an array; of the same length for every number of rows,
// which is shape[0]. REQUIRES: !shape.empty(), no size is negative.
std::string NpyHeader(NpyType type, absl::Span<const int64_t> shape);

// Writes one array in NumPy's .npy format (version 1.0, C order), row by row: how many rows it has
// is put into the header at the end, so memory does not grow with them. The bytes are those that
// numpy.save writes. Format: numpy.lib.format in NumPy's reference. Not thread-safe.
class NpyWriter {
 public:
  // An array of shape [rows, row_shape...]; an empty row_shape makes it one-dimensional. Where as
  // many rows come as are expected, the header is written once only.
  // InvalidArgument where a size in row_shape is below 1; else the file system's error.
  static absl::StatusOr<std::unique_ptr<NpyWriter>> Create(const std::string& path, NpyType type,
                                                           const std::vector<int64_t>& row_shape,
                                                           int64_t expected_rows = 0);

  // Appends elements: whole rows, many rows, or parts of one. InvalidArgument where their type is
  // not the array's, else the file system's error.
  absl::Status Append(absl::Span<const float> elements);
  absl::Status Append(absl::Span<const double> elements);
  absl::Status Append(absl::Span<const int64_t> elements);  // kInt64 and kSeconds

  // Whole rows so far.
  int64_t rows() const { return elements_ / row_elements_; }
  // Of the file so far, its header included.
  int64_t bytes() const { return static_cast<int64_t>(file_->size()); }

  // As FileWriter::StartSync; only Close may follow.
  absl::Status StartSync();

  // Completes the header, syncs the file to the disk and closes it: the last call. Without it the
  // file is removed with the writer. FailedPrecondition where the last row is not whole.
  absl::Status Close();

 private:
  NpyWriter(std::unique_ptr<FileWriter> file, std::string path, NpyType type,
            std::vector<int64_t> shape, int64_t row_elements);
  // Puts the number of rows into the header where it is not there yet.
  absl::Status CompleteHeader();
  template <typename T>
  absl::Status AppendAs(absl::Span<const T> elements, bool is_own_type);

  const std::unique_ptr<FileWriter> file_;
  const std::string path_;
  const NpyType type_;
  std::vector<int64_t> shape_;  // as the header in the file says
  const int64_t row_elements_;
  int64_t elements_ = 0;
};

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_NPY_WRITER_H_
