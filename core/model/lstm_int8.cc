#include "core/model/lstm_code.h"

// Vectors without a size at compile time cannot be held in arrays, which the kernel does.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/model/lstm_int8.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "absl/strings/ascii.h"
#include "core/model/instruction_sets.h"
#include "core/model/lstm_run-inl.h"

HWY_BEFORE_NAMESPACE();
namespace aifx::model {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_AVX3 && HWY_ARCH_X86_64
// Few rows leave tiles nearly empty; the bits are the same.
void RunTiledOrNot(const PackedLstm& net, const float* windows, size_t batch, size_t sequence,
                   float* logits, LstmWorkspace& work) {
  constexpr size_t kFew = 2;
  const auto run = batch <= kFew ? &RunAll<NativeInt8> : &RunAll<TiledInt8>;
  run(net, windows, batch, sequence, logits, work);
}
#endif

LstmCode Int8CodeHere([[maybe_unused]] DotProducts dot_products) {
#if HWY_TARGET == HWY_AVX3 && HWY_ARCH_X86_64
  const bool has_vectors = __builtin_cpu_supports("avx512vnni");
  if (dot_products == DotProducts::kTiles && has_vectors && HasAmx()) {
    return {&RunTiledOrNot, kLanes, "amx"};
  }
  if (dot_products != DotProducts::kNone && has_vectors) {
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

LstmCode Int8Code(DotProducts dot_products) {
  return HWY_DYNAMIC_DISPATCH(Int8CodeHere)(dot_products);
}

}  // namespace aifx::model
#endif
