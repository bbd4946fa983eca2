#include "client/events/candle_hub.h"

#include <algorithm>
#include <set>
#include <utility>

#include "client/events/bounded_queue.h"
#include "core/base/mutex.h"

namespace aifx::events {

using records::CandleEvent;
using records::CandleSeriesId;

// The subscriptions that exist, and what they want.
class CandleHub::Members {
 public:
  void Add(Subscription* subscription) {
    base::MutexLock lock(mutex_);
    subscriptions_.push_back(subscription);
  }
  void Remove(Subscription* subscription) {
    base::MutexLock lock(mutex_);
    std::erase(subscriptions_, subscription);
  }
  void Publish(const CandleEvent& event);
  std::vector<CandleSeriesId> Watched() const;

 private:
  mutable base::Mutex mutex_;
  std::vector<Subscription*> subscriptions_ ABSL_GUARDED_BY(mutex_);
};

class CandleHub::Subscription final : public records::CandleSubscription {
 public:
  Subscription(std::shared_ptr<Members> members, std::vector<CandleSeriesId> series, size_t limit)
      : members_(std::move(members)), series_(series.begin(), series.end()), events_(limit) {
    members_->Add(this);
  }
  ~Subscription() override { members_->Remove(this); }

  std::optional<CandleEvent> Next(absl::Duration timeout) override { return events_.Pop(timeout); }
  void Interrupt() override { events_.Interrupt(); }
  void Close() override {
    members_->Remove(this);
    events_.Close();
  }
  int64_t dropped() const override { return events_.dropped(); }

  void Offer(const CandleEvent& event) {
    if (series_.contains(event.series)) events_.Push(event);
  }
  const std::set<CandleSeriesId>& series() const { return series_; }

 private:
  const std::shared_ptr<Members> members_;
  const std::set<CandleSeriesId> series_;
  BoundedQueue<CandleEvent> events_;
};

void CandleHub::Members::Publish(const CandleEvent& event) {
  base::MutexLock lock(mutex_);
  for (Subscription* subscription : subscriptions_) subscription->Offer(event);
}

std::vector<CandleSeriesId> CandleHub::Members::Watched() const {
  base::MutexLock lock(mutex_);
  std::set<CandleSeriesId> all;
  for (const Subscription* subscription : subscriptions_) {
    all.insert(subscription->series().begin(), subscription->series().end());
  }
  return {all.begin(), all.end()};
}

CandleHub::CandleHub(size_t queue_limit)
    : queue_limit_(queue_limit), members_(std::make_shared<Members>()) {}

CandleHub::~CandleHub() = default;

std::unique_ptr<records::CandleSubscription> CandleHub::Subscribe(
    std::vector<CandleSeriesId> series) {
  return std::make_unique<Subscription>(members_, std::move(series), queue_limit_);
}

void CandleHub::Publish(const CandleEvent& event) { members_->Publish(event); }

std::vector<CandleSeriesId> CandleHub::Watched() const { return members_->Watched(); }

}  // namespace aifx::events
