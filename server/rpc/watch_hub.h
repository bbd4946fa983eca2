#ifndef AIFX_SERVER_RPC_WATCH_HUB_H_
#define AIFX_SERVER_RPC_WATCH_HUB_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "aifx/ml/v1/prediction_service.pb.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "core/records/candle_events.h"
#include "server/rpc/prediction_engine.h"
#include "server/rpc/watch_schedule.h"

namespace aifx::rpc {

// Who gets the predictions of a watch.
class PredictionWatcher {
 public:
  using Answer = std::shared_ptr<const ml::v1::WatchPredictionsResponse>;

  virtual ~PredictionWatcher() = default;
  // Takes an answer, which all watchers share; must not block.
  virtual void Offer(const Answer& answer) = 0;
};

// What happened since the start; gauges are as of now.
struct WatchStats {
  int64_t watchers = 0;     // gauge
  int64_t series = 0;       // gauge: distinct series watched
  int64_t events = 0;       // announcements of candles
  int64_t predictions = 0;  // computed for watchers
  int64_t offered = 0;      // handed to watchers: predictions times their watchers
  int64_t retries = 0;      // the candle was not there yet, or something was down
  int64_t given_up = 0;     // candles without a prediction
};

// What watchers may take up together. Each call may choose its keys, so that they need a bound.
struct WatchLimits {
  size_t keys = 4096;      // different series and models: each is computed
  size_t watches = 65536;  // keys of all watchers, counted for each of them
};

// What the hub works with; all outlive it.
struct WatchHubDeps {
  records::CandleEvents& events;
  PredictionEngine& engine;
  base::Clock& clock;
  base::Logger& logger;
  absl::Duration timeout = absl::Seconds(10);  // of one prediction
  WatchLimits limits = {};
};

// Predicts once for each candle that closes, for all who watch its series. One thread waits for
// events; fetching and computing is the engine's. Thread-safe. Shutdown comes before the end of the
// engine's threads, whose end comes before the hub's: answers under way come back to it.
class WatchHub {
 public:
  explicit WatchHub(WatchHubDeps deps);
  ~WatchHub();

  // From now on `watcher` is offered the predictions of these keys, of every candle announced after
  // this, until Unwatch, which returns only when no offer is under way. NotFound for a model that
  // there is not, ResourceExhausted (WATCHES_FULL) beyond the limits: then nothing is watched.
  // REQUIRES: the keys differ, and have one model.
  absl::Status Watch(const std::vector<WatchKey>& keys, PredictionWatcher* watcher);
  void Unwatch(const std::vector<WatchKey>& keys, PredictionWatcher* watcher);

  // Ends the thread; watchers are offered nothing any more. Idempotent.
  void Shutdown();

  WatchStats Stats() const;

 private:
  using Task = WatchSchedule::Task;

  void Loop();
  // Waits for an event or the next due time; what is due then.
  std::vector<Task> WaitForTasks();
  // To what is watched now; null at the end.
  std::shared_ptr<records::CandleSubscription> Subscription();
  // Subscribes to what is watched by now, without a gap.
  void Resubscribe() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnEvent(const records::CandleEvent& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Status CheckModel(const WatchKey& key) const;
  absl::Status CheckRoom(const std::vector<WatchKey>& keys) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void Start(const Task& task);
  void TakeAnswer(const Task& task, const absl::StatusOr<pipeline::PredictAnswer>& answer);
  void Deliver(const Task& task, absl::Time as_of, const PredictionWatcher::Answer& answer);
  void TryLater(const Task& task, const absl::Status& why);

  const WatchHubDeps deps_;
  const base::CallContext lifetime_;  // cancelled at the end

  mutable base::Mutex mutex_;
  WatchSchedule schedule_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<records::CandleSubscription> subscription_ ABSL_GUARDED_BY(mutex_);
  size_t watches_ ABSL_GUARDED_BY(mutex_) = 0;  // keys of all watchers
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  // Held while watchers are called, and taken before mutex_.
  mutable base::Mutex watchers_mutex_;
  std::map<WatchKey, std::set<PredictionWatcher*>> watchers_ ABSL_GUARDED_BY(watchers_mutex_);
  std::atomic<int64_t> watcher_count_{0};

  std::atomic<int64_t> events_{0}, predictions_{0}, offered_{0}, retries_{0}, given_up_{0};
  std::thread thread_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_WATCH_HUB_H_
