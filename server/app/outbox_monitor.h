#ifndef AIFX_SERVER_APP_OUTBOX_MONITOR_H_
#define AIFX_SERVER_APP_OUTBOX_MONITOR_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/outbox/outbox.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "server/config/server_config.h"

namespace aifx::app {

// The outbox's statistics as of the last Refresh, so that metrics and probes answer even while its
// disk does not. Thread-safe.
class OutboxMonitor {
 public:
  // The references outlive it.
  OutboxMonitor(outbox::Outbox& outbox, const config::OutboxConfig& config, base::Clock& clock);

  // Asks the outbox; waits for its disk.
  void Refresh();

  // Unavailable before the first Refresh, else what the outbox answered.
  absl::StatusOr<outbox::OutboxStats> Stats() const;

  // Why a submission would not be kept now; empty where it would be.
  std::string Trouble() const;

  const config::OutboxConfig& config() const { return config_; }

 private:
  outbox::Outbox& outbox_;
  const config::OutboxConfig config_;
  base::Clock& clock_;
  mutable base::Mutex mutex_;
  absl::StatusOr<outbox::OutboxStats> stats_ ABSL_GUARDED_BY(mutex_);
  absl::Time refreshed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_OUTBOX_MONITOR_H_
