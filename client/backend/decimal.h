#ifndef AIFX_CLIENT_BACKEND_DECIMAL_H_
#define AIFX_CLIENT_BACKEND_DECIMAL_H_

namespace aifx::backend {

// `value` rounded as a PostgreSQL DECIMAL column of `places` decimals stores it: half away from
// zero, on the shortest decimal text that stands for the double (which is what JSON carries), not
// on its binary value. 1.000005 becomes 1.00001 although the double lies below the half.
// REQUIRES: value is finite, places >= 0
double RoundDecimal(double value, int places);

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_DECIMAL_H_
