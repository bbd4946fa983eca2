#ifndef AIFX_CLIENT_OUTBOX_OPTIONS_H_
#define AIFX_CLIENT_OUTBOX_OPTIONS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "client/outbox/decisions.h"

namespace aifx::outbox {

struct OutboxOptions {
  std::string folder;  // made where there is none; on a local disk, for this engine alone
  // Caps on what is not ACKED.
  int64_t max_rows = 100'000;
  int64_t max_bytes = int64_t{256} << 20;  // of payload
  // How long, and how many, ACKED submissions are remembered.
  absl::Duration keep_acked = absl::Hours(24 * 7);
  int64_t max_acked_rows = 100'000;
  int workers = 4;                                   // requests in flight; 0: nothing is sent
  absl::Duration lookup_timeout = absl::Minutes(2);  // of one scan
  DeliveryPolicy delivery;
  std::string vfs;  // a registered sqlite3_vfs, for tests; empty: the system's
};

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_OPTIONS_H_
