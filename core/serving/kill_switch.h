#ifndef AIFX_CORE_SERVING_KILL_SWITCH_H_
#define AIFX_CORE_SERVING_KILL_SWITCH_H_

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "core/market/currency_pair.h"

namespace aifx::serving {

// What a switch turns off: one pair, one model, or, with neither, everything.
struct KillScope {
  std::optional<market::CurrencyPair> pair;
  std::string model;  // a model's name; empty where `pair` is set
  bool operator==(const KillScope&) const = default;
};

// An engaged switch: predictions of its scope are HOLD.
struct KillSwitch {
  KillScope scope;
  std::string reason;  // for people
  absl::Time set_at;
};

// The switches that are engaged, in memory for requests and in a small file that outlives the
// process. Changes show to requests at once, whatever else runs. Thread-safe.
class KillSwitches {
 public:
  // Reads `folder`/kill_switches.json. Where the file is there and cannot be understood, the switch
  // over everything is engaged with that as its reason: nobody can tell what it was to stop.
  KillSwitches(std::string folder, base::Logger& logger);

  // Engages a switch, in place of the one with the same scope. It holds at once, before it is
  // written down; where it cannot be, it still holds, and the error says that a restart would
  // forget it.
  absl::Status Engage(KillSwitch engaged);

  // Takes a switch back; harmless where none is engaged. Where that cannot be written down, the
  // switch stays and the error says so.
  absl::Status Release(const KillScope& scope);

  // In the order in which they were engaged.
  std::vector<KillSwitch> Engaged() const;

  // The first switch whose scope holds this prediction; null where none does. Cheap: one atomic
  // read while nothing is engaged.
  std::shared_ptr<const KillSwitch> Find(const market::CurrencyPair& pair,
                                         const std::string& model) const;

 private:
  using List = std::vector<std::shared_ptr<const KillSwitch>>;

  absl::Status Write(const List& engaged) const;
  List Snapshot() const;

  const std::string folder_;
  base::Logger& logger_;
  base::Mutex write_mutex_;  // one change at a time; held while the file is written
  mutable base::Mutex mutex_;
  List engaged_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> any_{false};
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_KILL_SWITCH_H_
