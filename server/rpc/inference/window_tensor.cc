#include "server/rpc/inference/window_tensor.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "server/rpc/inference/infer_request.h"
#include "server/rpc/status.h"

namespace aifx::rpc {
namespace {

using ::inference::InferTensorContents;
using Violations = std::vector<base::FieldViolation>;

static_assert(std::endian::native == std::endian::little, "raw tensors are little-endian");

constexpr char kDatatype[] = "FP32";
constexpr int kShownDimensions = 8;

std::string InputText(const std::string& what) {
  return absl::StrCat("input \"", kWindowInput, "\": ", what);
}

std::string ShapeText(const google::protobuf::RepeatedField<int64_t>& shape) {
  std::string text = "[";
  for (int i = 0; i < shape.size(); ++i) {
    if (i == kShownDimensions) {
      absl::StrAppend(&text, ",... ", shape.size(), " dimensions");
      break;
    }
    absl::StrAppend(&text, i > 0 ? "," : "", shape[i]);
  }
  return text + "]";
}

// The batch of a right shape, else 0.
size_t BatchOf(const google::protobuf::RepeatedField<int64_t>& shape,
               const model::Manifest& manifest) {
  if (shape.size() != 3 || shape[1] != manifest.sequence || shape[2] != manifest.features) return 0;
  if (shape[0] < 1 || shape[0] > static_cast<int64_t>(kMaxInferBatch)) return 0;
  return static_cast<size_t>(shape[0]);
}

// The name and size of a field of `contents` that no FP32 tensor uses; an empty name where all of
// them are empty.
std::pair<const char*, int> OtherContents(const InferTensorContents& contents) {
  const std::pair<const char*, int> others[] = {
      {"bool_contents", contents.bool_contents_size()},
      {"int_contents", contents.int_contents_size()},
      {"int64_contents", contents.int64_contents_size()},
      {"uint_contents", contents.uint_contents_size()},
      {"uint64_contents", contents.uint64_contents_size()},
      {"fp64_contents", contents.fp64_contents_size()},
      {"bytes_contents", contents.bytes_contents_size()}};
  for (const auto& other : others) {
    if (other.second > 0) return other;
  }
  return {"", 0};
}

void CheckRawSize(const WindowTensor& tensor, size_t values, Violations& violations) {
  const size_t expected = values * sizeof(float);
  if (tensor.raw->size() == expected) return;
  violations.push_back(
      {tensor.raw_field,
       InputText(absl::StrCat(tensor.raw->size(), " raw bytes came, expected ", expected, ": ",
                              values, " FP32 values of shape ", ShapeText(tensor.input.shape())))});
}

void CheckTypedSize(const WindowTensor& tensor, size_t values, Violations& violations) {
  const InferTensorContents& contents = tensor.input.contents();
  if (const auto [name, size] = OtherContents(contents); size > 0) {
    violations.push_back({absl::StrCat(tensor.field, ".contents.", name),
                          InputText(absl::StrCat(size, " values came in ", name,
                                                 ", expected FP32 values in fp32_contents"))});
    return;
  }
  if (static_cast<size_t>(contents.fp32_contents_size()) == values) return;
  violations.push_back(
      {absl::StrCat(tensor.field, ".contents.fp32_contents"),
       InputText(absl::StrCat(contents.fp32_contents_size(), " values came, expected ", values,
                              " of shape ", ShapeText(tensor.input.shape())))});
}

bool IsFinite(float value) { return (std::bit_cast<uint32_t>(value) & 0x7f800000u) != 0x7f800000u; }

}  // namespace

size_t CheckTensor(const WindowTensor& tensor, const model::Manifest& manifest,
                   Violations& violations) {
  if (tensor.input.datatype() != kDatatype) {
    violations.push_back(
        {absl::StrCat(tensor.field, ".datatype"),
         InputText(absl::StrCat("datatype ", Shortened(tensor.input.datatype(), 20),
                                " came, expected ", kDatatype))});
    return 0;
  }
  const size_t batch = BatchOf(tensor.input.shape(), manifest);
  if (batch == 0) {
    violations.push_back(
        {absl::StrCat(tensor.field, ".shape"),
         InputText(absl::StrCat("shape ", ShapeText(tensor.input.shape()), " came, expected [-1,",
                                manifest.sequence, ",", manifest.features, "] with 1 to ",
                                kMaxInferBatch, " windows"))});
    return 0;
  }
  // At most 256 x 4096 x 4096: it cannot overflow.
  const size_t values = batch * static_cast<size_t>(manifest.sequence * manifest.features);
  if (tensor.raw != nullptr) {
    CheckRawSize(tensor, values, violations);
  } else {
    CheckTypedSize(tensor, values, violations);
  }
  return batch;
}

std::vector<float> CopyValues(const WindowTensor& tensor, const model::Manifest& manifest,
                              Violations& violations) {
  std::vector<float> values;
  if (tensor.raw != nullptr) {
    values.resize(tensor.raw->size() / sizeof(float));
    std::memcpy(values.data(), tensor.raw->data(), values.size() * sizeof(float));
  } else {
    const auto& typed = tensor.input.contents().fp32_contents();
    values.assign(typed.begin(), typed.end());
  }
  const auto bad = std::find_if_not(values.begin(), values.end(), IsFinite);
  if (bad != values.end()) {
    const auto index = static_cast<int64_t>(bad - values.begin());
    const int64_t row = index / manifest.features;
    violations.push_back(
        {tensor.raw != nullptr ? tensor.raw_field : tensor.field + ".contents.fp32_contents",
         InputText(absl::StrCat("value [", row / manifest.sequence, ",", row % manifest.sequence,
                                ",", index % manifest.features, "] is ", *bad,
                                ", expected a finite number"))});
  }
  return values;
}

}  // namespace aifx::rpc
