#include "core/model/lstm_code.h"

// Vectors without a size at compile time cannot be held in arrays, which the kernel does.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/model/lstm_int8.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "absl/strings/ascii.h"
#include "core/model/lstm_run-inl.h"

HWY_BEFORE_NAMESPACE();
namespace aifx::model {
namespace HWY_NAMESPACE {

LstmCode Int8CodeHere([[maybe_unused]] bool dot_products) {
#if HWY_TARGET == HWY_AVX3
  if (dot_products && __builtin_cpu_supports("avx512vnni")) {
    return {&RunAll<NativeInt8>, kLanes, "vnni"};
  }
#endif
  return {&RunAll<WidenedInt8>, kLanes, absl::AsciiStrToLower(hwy::TargetName(HWY_TARGET))};
}

}  // namespace HWY_NAMESPACE
}  // namespace aifx::model
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aifx::model {

HWY_EXPORT(Int8CodeHere);

LstmCode Int8Code(bool dot_products) { return HWY_DYNAMIC_DISPATCH(Int8CodeHere)(dot_products); }

}  // namespace aifx::model
#endif
