#ifndef AIFX_CORE_MODEL_TORCH_CALLS_H_
#define AIFX_CORE_MODEL_TORCH_CALLS_H_

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <exception>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/model/manifest.h"

// What the runtimes on LibTorch share. Only their own files include it: its headers cost seconds.
namespace aifx::model {

// One line of what LibTorch says, which otherwise goes on for a screen.
inline std::string FirstLine(absl::string_view text) {
  return std::string(text.substr(0, std::min<size_t>(text.find('\n'), 300)));
}

// Runs `function`, and turns what it throws into a status of `code`.
template <typename Function>
absl::Status Guarded(absl::StatusCode code, absl::string_view what, Function&& function) {
  try {
    return function();
  } catch (const c10::Error& error) {
    return absl::Status(code, absl::StrCat(what, ": ", FirstLine(error.what_without_backtrace())));
  } catch (const std::exception& error) {
    return absl::Status(code, absl::StrCat(what, ": ", FirstLine(error.what())));
  } catch (...) {
    return absl::Status(code, absl::StrCat(what, ": unknown exception"));
  }
}

// Brings LibTorch to SetTensorThreads' number of threads on the calling thread. OpenMP keeps it for
// each thread that calls: a new executor would start with one a core, which wait for each other in
// a spin (measured: 4.5 ms instead of 0.6 a window).
void ApplyTensorThreads();

// Copies a program's output to `logits`, or says what it is instead of float32 [batch, classes].
inline absl::Status CopyLogits(const at::Tensor& output, const Manifest& manifest, size_t batch,
                               absl::Span<float> logits) {
  const auto rows = static_cast<int64_t>(batch);
  const auto classes = static_cast<int64_t>(manifest.classes.size());
  if (output.sizes() != at::IntArrayRef({rows, classes}) || !output.device().is_cpu() ||
      output.scalar_type() != at::kFloat) {
    return absl::InternalError(
        absl::StrFormat("the program gives %s [%s] on %s instead of Float [%d, %d] on cpu",
                        c10::toString(output.scalar_type()), absl::StrJoin(output.sizes(), ", "),
                        output.device().str(), rows, classes));
  }
  const at::Tensor dense = output.detach().contiguous();
  const float* const values = dense.const_data_ptr<float>();
  std::copy(values, values + logits.size(), logits.begin());
  return absl::OkStatus();
}

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_TORCH_CALLS_H_
