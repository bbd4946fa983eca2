#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/model/aotinductor_runtime.h"

namespace aifx::model {
namespace {

bool IsThere(absl::string_view name, bool* known) {
  *known = true;
#if defined(__x86_64__)
  if (name == "AVX2") return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (name == "AVX512") {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("fma");
  }
  if (name == "AVX512_VNNI") return __builtin_cpu_supports("avx512vnni");
  if (name == "AVX512_BF16") return __builtin_cpu_supports("avx512bf16");
#elif defined(__aarch64__)
  if (name == "NEON" || name == "ASIMD") return true;
#endif
  *known = false;
  return false;
}

}  // namespace

absl::Status CheckInstructionSets(absl::string_view names) {
  for (const absl::string_view name : absl::StrSplit(names, ' ', absl::SkipEmpty())) {
    bool known = false;
    if (IsThere(name, &known)) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "the package was compiled for instruction set ", name, ", which ",
        known ? "this processor does not have" : "this engine does not know on this processor",
        ": compile it on a machine like this one"));
  }
  return absl::OkStatus();
}

}  // namespace aifx::model
