#ifndef AIFX_SERVER_OPS_SIGNALS_H_
#define AIFX_SERVER_OPS_SIGNALS_H_

#include "absl/time/time.h"

namespace aifx::ops {

// SIGTERM and SIGINT as something to wait for instead of a handler. Block them in main before the
// first thread starts: threads inherit it. SIGPIPE is ignored.
void BlockEndSignals();

// Waits for SIGTERM or SIGINT and returns its number.
int WaitForEndSignal();

// True when one came within `timeout`.
bool WaitForEndSignal(absl::Duration timeout);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_SIGNALS_H_
