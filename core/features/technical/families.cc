#include "core/features/technical/families.h"

namespace aifx::features::families {

absl::Span<const IndicatorFamily* const> All() {
#define AIFX_ADDRESS(name) &name,
  static const IndicatorFamily* const kAll[] = {AIFX_INDICATOR_FAMILIES(AIFX_ADDRESS)};
#undef AIFX_ADDRESS
  return kAll;
}

}  // namespace aifx::features::families
