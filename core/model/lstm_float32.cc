#include "core/model/lstm_code.h"

// Vectors without a size at compile time cannot be held in arrays, which the kernel does.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/model/lstm_float32.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "absl/strings/ascii.h"
#include "core/model/lstm_run-inl.h"

HWY_BEFORE_NAMESPACE();
namespace aifx::model {
namespace HWY_NAMESPACE {

LstmCode Float32CodeHere() {
  return {&RunAll<Float32>, kLanes, absl::AsciiStrToLower(hwy::TargetName(HWY_TARGET))};
}

}  // namespace HWY_NAMESPACE
}  // namespace aifx::model
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aifx::model {

HWY_EXPORT(Float32CodeHere);

LstmCode Float32Code() { return HWY_DYNAMIC_DISPATCH(Float32CodeHere)(); }

}  // namespace aifx::model
#endif
