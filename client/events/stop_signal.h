#ifndef AIFX_CLIENT_EVENTS_STOP_SIGNAL_H_
#define AIFX_CLIENT_EVENTS_STOP_SIGNAL_H_

#include <atomic>

#include "absl/time/time.h"

namespace aifx::events {

// Tells a thread that waits for a socket, or for time to pass, to end. Thread-safe.
class StopSignal {
 public:
  enum class Woke { kStopped, kReadable, kTimeout };

  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // From now on every wait ends at once.
  void Stop();

  // Waits until `fd` (negative: none) can be read or has failed, until Stop, or `timeout` of steady
  // time.
  Woke Wait(int fd, absl::Duration timeout) const;

 private:
  int event_fd_;  // negative where the process has no descriptor left: waits are cut into pieces
  std::atomic<bool> stopped_{false};
};

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_STOP_SIGNAL_H_
