#ifndef AIFX_SERVER_OPS_SIGNALS_H_
#define AIFX_SERVER_OPS_SIGNALS_H_

#include <functional>
#include <thread>

#include "absl/time/time.h"

namespace aifx::ops {

// SIGTERM, SIGINT and SIGHUP as something to wait for instead of a handler. Block them in main
// before the first thread starts: threads inherit it. SIGPIPE is ignored.
void BlockSignals();

// Waits for one of them and returns its number.
int WaitForSignal();

// Calls `on_signal` once, on a thread of its own, when SIGTERM or SIGINT comes while the object
// lives. For the end of the server: whatever it is waiting for, a second signal still counts.
class EndSignalWatch {
 public:
  // REQUIRES: BlockSignals() was called, and nobody else waits for these signals meanwhile.
  explicit EndSignalWatch(std::function<void()> on_signal);
  ~EndSignalWatch();
  EndSignalWatch(const EndSignalWatch&) = delete;
  EndSignalWatch& operator=(const EndSignalWatch&) = delete;

 private:
  void Watch();

  const std::function<void()> on_signal_;
  const int signals_;  // signalfd
  const int stop_;     // eventfd
  std::thread thread_;
};

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_SIGNALS_H_
