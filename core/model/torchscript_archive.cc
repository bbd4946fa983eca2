#include "core/model/torchscript_archive.h"

#include <ATen/Functions.h>
#include <torch/csrc/jit/api/module.h>

#include <exception>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace aifx::model {
namespace {

absl::StatusOr<std::string> Write(absl::Span<const NamedTensor> tensors,
                                  const std::string& program) {
  torch::jit::Module module("__torch__.aifx.Model");
  for (const NamedTensor& tensor : tensors) {
    int64_t size = 1;
    for (int64_t length : tensor.shape) size *= length;
    if (size != static_cast<int64_t>(tensor.values.size())) {
      return absl::InvalidArgumentError(absl::StrCat(
          "tensor ", tensor.name, " has ", tensor.values.size(), " values instead of ", size));
    }
    at::Tensor copy = at::empty(tensor.shape, at::kFloat);
    std::copy(tensor.values.begin(), tensor.values.end(), copy.data_ptr<float>());
    if (tensor.trainable) {
      module.register_parameter(tensor.name, copy, /*is_buffer=*/false);
    } else {
      module.register_buffer(tensor.name, copy);
    }
  }
  module.define(program);
  module.eval();
  std::ostringstream archive;
  module.save(archive);
  return std::move(archive).str();
}

}  // namespace

absl::StatusOr<std::string> WriteTorchScript(absl::Span<const NamedTensor> tensors,
                                             const std::string& program) {
  try {
    return Write(tensors, program);
  } catch (const c10::Error& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot write the model: ", error.what_without_backtrace()));
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("cannot write the model: ", error.what()));
  }
}

}  // namespace aifx::model
