#include "core/dataset/array_files.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/sha256.h"
#include "core/base/status_macros.h"

namespace aifx::dataset {
namespace {

absl::string_view DtypeName(base::NpyType type) {
  switch (type) {
    case base::NpyType::kFloat32:
      return "float32";
    case base::NpyType::kFloat64:
      return "float64";
    case base::NpyType::kInt64:
      return "int64";
    case base::NpyType::kSeconds:
      return "datetime64[s]";
  }
  return "";
}

}  // namespace

absl::StatusOr<base::NpyWriter*> ArrayFiles::Start(const std::string& name, base::NpyType type,
                                                   const std::vector<int64_t>& shape,
                                                   std::future<std::string> sha256) {
  Array& array = arrays_.emplace_back();
  array.file = {.name = name, .dtype = std::string(DtypeName(type)), .shape = shape};
  array.sha256 = std::move(sha256);
  AIFX_ASSIGN_OR_RETURN(array.writer,
                        base::NpyWriter::Create(absl::StrCat(folder_, "/", name), type,
                                                {shape.begin() + 1, shape.end()}, shape.front()));
  return array.writer.get();
}

std::string ArrayFiles::HashOf(base::NpyType type, const std::vector<int64_t>& shape,
                               absl::string_view elements) {
  base::Sha256 hash;
  hash.Add(base::NpyHeader(type, shape));
  hash.Add(elements);
  return hash.FinishHex();
}

absl::StatusOr<std::vector<DatasetFile>> ArrayFiles::Finish() {
  std::vector<DatasetFile> files;
  for (Array& array : arrays_) {
    AIFX_RETURN_IF_ERROR(array.writer->Close());
    array.file.bytes = array.writer->bytes();
    array.file.sha256 = array.sha256.get();
    files.push_back(std::move(array.file));
  }
  return files;
}

}  // namespace aifx::dataset
