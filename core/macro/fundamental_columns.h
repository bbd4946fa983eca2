#ifndef AIFX_CORE_MACRO_FUNDAMENTAL_COLUMNS_H_
#define AIFX_CORE_MACRO_FUNDAMENTAL_COLUMNS_H_

#include <cstddef>

namespace aifx::macro {

// The columns of fundamental-v1, in order. The mask of value column c is column c + kFirstMask: 1
// where the value is known, 0 where it is NaN.
enum FundamentalColumn : size_t {
  kInterestRateDiff,
  kGdpGrowthBaseYoy,
  kGdpGrowthQuoteYoy,
  kInflationDiff,
  kFirstMask,
  kFundamentalColumnCount = 2 * kFirstMask
};

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_FUNDAMENTAL_COLUMNS_H_
