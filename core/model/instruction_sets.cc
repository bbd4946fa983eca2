#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/model/aotinductor_runtime.h"
#include "core/model/instruction_sets.h"

namespace aifx::model {

// __builtin_cpu_supports of GCC 12 does not know AMX.
bool HasAmx() {
#if defined(__x86_64__)
  constexpr unsigned kTile = 1u << 24, kBf16 = 1u << 22, kInt8 = 1u << 25;  // leaf 7, edx
  constexpr long kRequestPermission = 0x1023, kTileData = 18;               // asm/prctl.h
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  constexpr unsigned kAll = kTile | kBf16 | kInt8;
  return (edx & kAll) == kAll && syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

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
  if (name == "AMX_TILE") return HasAmx();
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
