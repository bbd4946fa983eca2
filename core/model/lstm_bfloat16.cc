#include "core/model/lstm_code.h"

// Vectors without a size at compile time cannot be held in arrays, which the kernel does.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/model/lstm_bfloat16.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "absl/strings/ascii.h"
#include "core/model/instruction_sets.h"
#include "core/model/lstm_run-inl.h"

HWY_BEFORE_NAMESPACE();
namespace aifx::model {
namespace HWY_NAMESPACE {

LstmCode Bfloat16CodeHere([[maybe_unused]] DotProducts dot_products) {
#if HWY_TARGET == HWY_AVX3 && HWY_ARCH_X86_64
  if (dot_products == DotProducts::kTiles && HasAmx()) {
    return {&RunAll<TiledBfloat16>, kLanes, "amx"};
  }
  if (dot_products != DotProducts::kNone && __builtin_cpu_supports("avx512bf16")) {
    return {&RunAll<NativeBfloat16>, kLanes, "avx512bf16"};
  }
#endif
  return {&RunAll<WidenedBfloat16>, kLanes, absl::AsciiStrToLower(hwy::TargetName(HWY_TARGET))};
}

}  // namespace HWY_NAMESPACE
}  // namespace aifx::model
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aifx::model {

HWY_EXPORT(Bfloat16CodeHere);

LstmCode Bfloat16Code(DotProducts dot_products) {
  return HWY_DYNAMIC_DISPATCH(Bfloat16CodeHere)(dot_products);
}

}  // namespace aifx::model
#endif
