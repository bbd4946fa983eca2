#ifndef AIFX_CLIENT_CLI_STOP_SIGNALS_H_
#define AIFX_CLIENT_CLI_STOP_SIGNALS_H_

#include "core/base/call_context.h"

namespace aifx::cli {

// While it lives, the first SIGINT or SIGTERM cancels a call's context instead of ending the
// process, so that a job can take away what it has half done; a second one ends the process.
// REQUIRES: at most one at a time
class CancelOnSignal {
 public:
  explicit CancelOnSignal(const base::CallContext& context);
  // The signals do what they did before.
  ~CancelOnSignal();
  CancelOnSignal(const CancelOnSignal&) = delete;
  CancelOnSignal& operator=(const CancelOnSignal&) = delete;

 private:
  const base::CallContext context_;  // keeps the flag that the handler sets
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_STOP_SIGNALS_H_
