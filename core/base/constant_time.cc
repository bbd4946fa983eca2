#include "core/base/constant_time.h"

#include <openssl/crypto.h>

namespace aifx::base {

bool EqualInConstantTime(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace aifx::base
