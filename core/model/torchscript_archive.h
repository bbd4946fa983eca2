#ifndef AIFX_CORE_MODEL_TORCHSCRIPT_ARCHIVE_H_
#define AIFX_CORE_MODEL_TORCHSCRIPT_ARCHIVE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace aifx::model {

// A float32 tensor without its library: shape and values, row-major.
struct NamedTensor {
  std::string name;  // an identifier; the program reads it as self.<name>
  std::vector<int64_t> shape;
  std::vector<float> values;
  bool trainable = true;  // parameter, else buffer (such as a scaler's mean)
};

// A TorchScript archive (the format of torch.jit.save, which Python's torch.jit.load opens) of one
// module with these tensors and `program`, the source of its `def forward(self, x: Tensor)`.
// InvalidArgument where sizes do not agree or the program does not compile.
absl::StatusOr<std::string> WriteTorchScript(absl::Span<const NamedTensor> tensors,
                                             const std::string& program);

// The parameters and buffers of the module in an archive, which must be float32 on the CPU.
// FailedPrecondition where it is no archive or holds others.
absl::StatusOr<std::vector<NamedTensor>> ReadTorchScript(const std::string& archive);

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_TORCHSCRIPT_ARCHIVE_H_
