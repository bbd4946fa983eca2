#include "core/model/torchscript_archive.h"

#include <ATen/Functions.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <exception>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

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

absl::Status Append(const std::string& name, const at::Tensor& tensor, bool trainable,
                    std::vector<NamedTensor>& tensors) {
  if (tensor.scalar_type() != at::kFloat || !tensor.device().is_cpu()) {
    return absl::FailedPreconditionError(
        absl::StrCat("tensor ", name, " is not float32 on the CPU"));
  }
  const at::Tensor dense = tensor.detach().contiguous();
  const float* const first = dense.const_data_ptr<float>();
  tensors.push_back({name, dense.sizes().vec(), {first, first + dense.numel()}, trainable});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<NamedTensor>> Read(const std::string& archive) {
  std::istringstream stream(archive);
  const torch::jit::Module module = torch::jit::load(stream);
  std::vector<NamedTensor> tensors;
  for (const auto& parameter : module.named_parameters()) {
    AIFX_RETURN_IF_ERROR(Append(parameter.name, parameter.value, true, tensors));
  }
  for (const auto& buffer : module.named_buffers()) {
    AIFX_RETURN_IF_ERROR(Append(buffer.name, buffer.value, false, tensors));
  }
  return tensors;
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

absl::StatusOr<std::vector<NamedTensor>> ReadTorchScript(const std::string& archive) {
  try {
    return Read(archive);
  } catch (const c10::Error& error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot read the model: ", error.what_without_backtrace()));
  } catch (const std::exception& error) {
    return absl::FailedPreconditionError(absl::StrCat("cannot read the model: ", error.what()));
  }
}

}  // namespace aifx::model
