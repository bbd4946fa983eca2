#include "core/base/npy_writer.h"

#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/status_macros.h"

namespace aifx::base {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are written as they lie");

// NumPy leaves room for a row count of so many digits, which is what lets it be put in later.
constexpr size_t kRowCountDigits = 21;
constexpr size_t kAlignment = 64;
constexpr absl::string_view kMagic("\x93NUMPY\x01\x00", 8);

absl::string_view Description(NpyType type) {
  switch (type) {
    case NpyType::kFloat32:
      return "<f4";
    case NpyType::kFloat64:
      return "<f8";
    case NpyType::kInt64:
      return "<i8";
    case NpyType::kSeconds:
      return "<M8[s]";
  }
  return "";
}

}  // namespace

std::string NpyHeader(NpyType type, absl::Span<const int64_t> shape) {
  const std::string count = absl::StrCat(shape.front());
  std::string text = absl::StrCat("{'descr': '", Description(type),
                                  "', 'fortran_order': False, 'shape': (", count, ",");
  for (size_t i = 1; i < shape.size(); ++i) absl::StrAppend(&text, i == 1 ? " " : ", ", shape[i]);
  absl::StrAppend(&text, "), }", std::string(kRowCountDigits - count.size(), ' '));
  const size_t unpadded = kMagic.size() + 2 + text.size() + 1;
  text.append(kAlignment - unpadded % kAlignment, ' ');
  text.push_back('\n');
  const char length[] = {static_cast<char>(text.size() & 0xff),
                         static_cast<char>(text.size() >> 8)};
  return absl::StrCat(kMagic, absl::string_view(length, 2), text);
}

absl::StatusOr<std::unique_ptr<NpyWriter>> NpyWriter::Create(const std::string& path, NpyType type,
                                                             const std::vector<int64_t>& row_shape,
                                                             int64_t expected_rows) {
  std::vector<int64_t> shape = {expected_rows};
  int64_t row_elements = 1;
  for (const int64_t size : row_shape) {
    if (size < 1) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": a row of the array has a size of ", size, ", must be >= 1"));
    }
    row_elements *= size;
    shape.push_back(size);
  }
  AIFX_ASSIGN_OR_RETURN(std::unique_ptr<FileWriter> file, FileWriter::Create(path));
  AIFX_RETURN_IF_ERROR(file->Append(NpyHeader(type, shape)));
  return std::unique_ptr<NpyWriter>(
      new NpyWriter(std::move(file), path, type, std::move(shape), row_elements));
}

NpyWriter::NpyWriter(std::unique_ptr<FileWriter> file, std::string path, NpyType type,
                     std::vector<int64_t> shape, int64_t row_elements)
    : file_(std::move(file)),
      path_(std::move(path)),
      type_(type),
      shape_(std::move(shape)),
      row_elements_(row_elements) {}

absl::Status NpyWriter::CompleteHeader() {
  if (shape_.front() == rows()) return absl::OkStatus();
  shape_.front() = rows();
  return file_->Overwrite(0, NpyHeader(type_, shape_));
}

template <typename T>
absl::Status NpyWriter::AppendAs(absl::Span<const T> elements, bool is_own_type) {
  if (!is_own_type) {
    return absl::InvalidArgumentError(
        absl::StrCat(path_, ": elements of another type than the array's ", Description(type_)));
  }
  elements_ += static_cast<int64_t>(elements.size());
  return file_->Append(absl::string_view(reinterpret_cast<const char*>(elements.data()),
                                         elements.size() * sizeof(T)));
}

absl::Status NpyWriter::Append(absl::Span<const float> elements) {
  return AppendAs(elements, type_ == NpyType::kFloat32);
}

absl::Status NpyWriter::Append(absl::Span<const double> elements) {
  return AppendAs(elements, type_ == NpyType::kFloat64);
}

absl::Status NpyWriter::Append(absl::Span<const int64_t> elements) {
  return AppendAs(elements, type_ == NpyType::kInt64 || type_ == NpyType::kSeconds);
}

absl::Status NpyWriter::StartSync() {
  AIFX_RETURN_IF_ERROR(CompleteHeader());
  return file_->StartSync();
}

absl::Status NpyWriter::Close() {
  if (elements_ % row_elements_ != 0) {
    return absl::FailedPreconditionError(absl::StrCat(path_, ": the last row has ",
                                                      elements_ % row_elements_, " of ",
                                                      row_elements_, " elements"));
  }
  AIFX_RETURN_IF_ERROR(CompleteHeader());
  return file_->Close();
}

}  // namespace aifx::base
