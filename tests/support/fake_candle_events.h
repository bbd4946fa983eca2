#ifndef AIFX_TESTS_SUPPORT_FAKE_CANDLE_EVENTS_H_
#define AIFX_TESTS_SUPPORT_FAKE_CANDLE_EVENTS_H_

#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "core/records/candle_events.h"

namespace aifx::testing {

// Announces candles by hand. Thread-safe.
class FakeCandleEvents final : public records::CandleEvents {
 public:
  std::unique_ptr<records::CandleSubscription> Subscribe(
      std::vector<records::CandleSeriesId> series) override {
    base::MutexLock lock(shared_->mutex);
    shared_->series = std::move(series);
    ++shared_->subscriptions;
    shared_->changed.NotifyAll();
    return std::make_unique<Subscription>(shared_);
  }

  void Announce(const records::CandleEvent& event) {
    base::MutexLock lock(shared_->mutex);
    shared_->waiting.push_back(event);
    shared_->changed.NotifyAll();
  }

  // Blocks until somebody is subscribed to exactly these series.
  void AwaitSubscriptionTo(const std::vector<records::CandleSeriesId>& series) {
    base::MutexLock lock(shared_->mutex);
    while (shared_->series != series) shared_->changed.Wait(shared_->mutex);
  }

 private:
  struct Shared {
    base::Mutex mutex;
    base::ConditionVariable changed;
    std::deque<records::CandleEvent> waiting ABSL_GUARDED_BY(mutex);
    std::vector<records::CandleSeriesId> series ABSL_GUARDED_BY(mutex);
    int subscriptions ABSL_GUARDED_BY(mutex) = 0;
  };

  // What one does not take, the next one finds.
  class Subscription final : public records::CandleSubscription {
   public:
    explicit Subscription(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
    std::optional<records::CandleEvent> Next(absl::Duration timeout) override {
      base::MutexLock lock(shared_->mutex);
      if (shared_->waiting.empty() && !closed_ && timeout > absl::ZeroDuration()) {
        shared_->changed.WaitFor(shared_->mutex, timeout);
      }
      if (shared_->waiting.empty()) return std::nullopt;
      const records::CandleEvent event = shared_->waiting.front();
      shared_->waiting.pop_front();
      return event;
    }
    void Close() override {
      base::MutexLock lock(shared_->mutex);
      closed_ = true;
      shared_->changed.NotifyAll();
    }
    int64_t dropped() const override { return 0; }

   private:
    const std::shared_ptr<Shared> shared_;
    bool closed_ = false;
  };

  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_FAKE_CANDLE_EVENTS_H_
