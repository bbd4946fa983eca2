#include "server/rpc/watch_hub.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/ids.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/market/candle.h"
#include "server/rpc/times.h"
#include "server/rpc/to_proto.h"

namespace aifx::rpc {
namespace {

// Steady time that the loop sleeps at most, so that a jump of the wall clock delays nothing for
// long.
constexpr absl::Duration kLongestWait = absl::Seconds(30);

// How soon a caller tries again whom the limits kept out: others end their watches when they like.
constexpr double kFullRetrySeconds = 30;

pipeline::PredictRequest RequestFor(const WatchKey& key) {
  pipeline::PredictRequest request{
      .request_id = base::NewUuid(), .pair = key.series.pair, .timeframe = key.series.timeframe};
  request.model.name = key.model;
  return request;
}

std::string SeriesText(const WatchKey& key) {
  return absl::StrCat(key.series.pair.ToString(), " ", market::TimeframeName(key.series.timeframe));
}

}  // namespace

WatchHub::WatchHub(WatchHubDeps deps) : deps_(deps), thread_([this] { Loop(); }) {}

WatchHub::~WatchHub() { Shutdown(); }

void WatchHub::Shutdown() {
  lifetime_.Cancel();
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    if (subscription_ != nullptr) subscription_->Close();
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status WatchHub::CheckModel(const WatchKey& key) const {
  // Other errors may pass while it is watched: a model that is about to be trained, a backend down.
  const absl::Status status = deps_.engine.Prepare(RequestFor(key)).status();
  return absl::IsNotFound(status) ? status : absl::OkStatus();
}

absl::Status WatchHub::CheckRoom(const std::vector<WatchKey>& keys) const {
  size_t added = 0;
  for (const WatchKey& key : keys) added += schedule_.Watches(key) ? 0 : 1;
  const bool fits = schedule_.key_count() + added <= deps_.limits.keys &&
                    watches_ + keys.size() <= deps_.limits.watches;
  if (fits) return absl::OkStatus();
  return base::WithRetryAfter(
      base::WithReason(
          absl::ResourceExhaustedError(absl::StrCat(
              keys.size(), " more series cannot be watched: the server watches ",
              schedule_.key_count(), " for its callers, of ", deps_.limits.keys,
              ", and each again for every watcher, ", watches_, " of ", deps_.limits.watches)),
          "WATCHES_FULL"),
      kFullRetrySeconds);
}

absl::Status WatchHub::Watch(const std::vector<WatchKey>& keys, PredictionWatcher* watcher) {
  if (!keys.empty()) AIFX_RETURN_IF_ERROR(CheckModel(keys.front()));
  base::MutexLock watchers_lock(watchers_mutex_);
  base::MutexLock lock(mutex_);
  AIFX_RETURN_IF_ERROR(CheckRoom(keys));
  bool changed = false;
  for (const WatchKey& key : keys) {
    watchers_[key].insert(watcher);
    changed |= schedule_.Add(key);
  }
  watches_ += keys.size();
  watcher_count_.fetch_add(1);
  if (changed) Resubscribe();
  return absl::OkStatus();
}

void WatchHub::Unwatch(const std::vector<WatchKey>& keys, PredictionWatcher* watcher) {
  base::MutexLock watchers_lock(watchers_mutex_);
  base::MutexLock lock(mutex_);
  bool changed = false;
  for (const WatchKey& key : keys) {
    const auto found = watchers_.find(key);
    if (found != watchers_.end()) {
      found->second.erase(watcher);
      if (found->second.empty()) watchers_.erase(found);
    }
    changed |= schedule_.Remove(key);
  }
  watches_ -= keys.size();
  watcher_count_.fetch_sub(1);
  if (changed) Resubscribe();
}

WatchStats WatchHub::Stats() const {
  base::MutexLock lock(mutex_);
  return {.watchers = watcher_count_.load(),
          .series = static_cast<int64_t>(schedule_.series_count()),
          .events = events_.load(),
          .predictions = predictions_.load(),
          .offered = offered_.load(),
          .retries = retries_.load(),
          .given_up = given_up_.load()};
}

std::shared_ptr<records::CandleSubscription> WatchHub::Subscription() {
  base::MutexLock lock(mutex_);
  if (stopping_) return nullptr;
  if (subscription_ == nullptr) Resubscribe();
  return subscription_;
}

void WatchHub::Resubscribe() {
  if (stopping_) return;
  const std::shared_ptr<records::CandleSubscription> before =
      std::exchange(subscription_, deps_.events.Subscribe(schedule_.Series()));
  if (before == nullptr) return;
  // Only now, so that what is announced meanwhile is in one of the two; in both, it is one.
  before->Close();
  while (const auto event = before->Next(absl::ZeroDuration())) OnEvent(*event);
}

void WatchHub::OnEvent(const records::CandleEvent& event) {
  events_.fetch_add(1);
  // Also where nothing is computed for it: older news is a correction.
  deps_.engine.Invalidate(event.series.pair, event.series.timeframe, event.open_time);
  schedule_.OnEvent(event, deps_.clock.Now());
}

std::vector<WatchHub::Task> WatchHub::WaitForTasks() {
  const auto subscription = Subscription();
  if (subscription == nullptr) return {};
  absl::Duration wait;
  {
    base::MutexLock lock(mutex_);
    wait = schedule_.NextDue() - deps_.clock.Now();
  }
  const auto event = subscription->Next(std::clamp(wait, absl::ZeroDuration(), kLongestWait));
  base::MutexLock lock(mutex_);
  if (event.has_value()) OnEvent(*event);
  return schedule_.Take(deps_.clock.Now());
}

void WatchHub::Loop() {
  while (true) {
    const std::vector<Task> tasks = WaitForTasks();
    {
      base::MutexLock lock(mutex_);
      if (stopping_) return;
    }
    for (const Task& task : tasks) Start(task);
  }
}

void WatchHub::Start(const Task& task) {
  pipeline::PredictRequest request = RequestFor(task.key);
  request.answers_from = market::CloseTime(task.key.series.timeframe, task.open_time);
  base::CallContext context = lifetime_;
  context.request_id = request.request_id;
  context.deadline = deps_.clock.Now() + deps_.timeout;
  auto prepared = deps_.engine.Prepare(std::move(request));
  if (!prepared.ok()) return TryLater(task, prepared.status());
  // The candle was not there when the source was last asked, or somebody is asking it now as of
  // just before the close.
  if (task.attempt > 0 || task.early) {
    deps_.engine.Invalidate(task.key.series.pair, task.key.series.timeframe, task.open_time);
  }
  deps_.engine.Start(
      *std::move(prepared), serving::Lane::kInteractive, context,
      [this, task](const absl::StatusOr<pipeline::PredictAnswer>& answer) {
        TakeAnswer(task, answer);
      },
      serving::Computes::kNever);  // the other series wait for this thread
}

void WatchHub::TakeAnswer(const Task& task, const absl::StatusOr<pipeline::PredictAnswer>& answer) {
  if (!answer.ok()) return TryLater(task, answer.status());
  const absl::Time as_of = answer->prediction.as_of;
  if (as_of < market::CloseTime(task.key.series.timeframe, task.open_time)) {
    return TryLater(task, absl::UnavailableError("the candle that was announced is not there yet"));
  }
  predictions_.fetch_add(1);
  auto message = std::make_shared<ml::v1::WatchPredictionsResponse>();
  ToProto(answer->prediction, *message->mutable_prediction());
  *message->mutable_observed_at() = TimeToProto(task.observed_at);
  Deliver(task, as_of, std::move(message));
}

void WatchHub::Deliver(const Task& task, absl::Time as_of,
                       const PredictionWatcher::Answer& answer) {
  base::MutexLock watchers_lock(watchers_mutex_);
  {
    base::MutexLock lock(mutex_);
    if (stopping_ || !schedule_.Delivered(task.key, as_of)) return;
  }
  const auto found = watchers_.find(task.key);
  if (found == watchers_.end()) return;
  offered_.fetch_add(static_cast<int64_t>(found->second.size()));
  for (PredictionWatcher* watcher : found->second) watcher->Offer(answer);
}

void WatchHub::TryLater(const Task& task, const absl::Status& why) {
  bool again = false;
  {
    base::MutexLock lock(mutex_);
    if (stopping_) return;
    // A model or a series that there is not does not come while one waits.
    again = !absl::IsNotFound(why) && schedule_.Retry(task, deps_.clock.Now());
    if (again && subscription_ != nullptr) subscription_->Interrupt();  // it is due sooner
  }
  if (again) {
    retries_.fetch_add(1);
    return;
  }
  given_up_.fetch_add(1);
  deps_.logger.Warning("a watched candle stays without a prediction",
                       {{"series", SeriesText(task.key)},
                        {"candle", absl::FormatTime(task.open_time, absl::UTCTimeZone())},
                        {"error", std::string(why.message())}});
}

}  // namespace aifx::rpc
