#ifndef AIFX_TESTS_SUPPORT_FAKE_CANDLE_EVENTS_H_
#define AIFX_TESTS_SUPPORT_FAKE_CANDLE_EVENTS_H_

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "core/records/candle_events.h"

namespace aifx::testing {

// Announces candles by hand. As with the real sources, who is not subscribed at that moment never
// hears of it. Thread-safe.
class FakeCandleEvents final : public records::CandleEvents {
 public:
  std::unique_ptr<records::CandleSubscription> Subscribe(
      std::vector<records::CandleSeriesId> series) override {
    base::MutexLock lock(shared_->mutex);
    shared_->series = series;
    ++shared_->subscriptions;
    shared_->changed.NotifyAll();
    return std::make_unique<Subscription>(shared_, std::move(series));
  }

  void Announce(const records::CandleEvent& event) {
    base::MutexLock lock(shared_->mutex);
    for (Member* member : shared_->members) {
      if (std::count(member->series.begin(), member->series.end(), event.series) == 0) continue;
      member->waiting.push_back(event);
    }
    shared_->changed.NotifyAll();
  }

  // Blocks until somebody is subscribed to exactly these series.
  void AwaitSubscriptionTo(const std::vector<records::CandleSeriesId>& series) {
    base::MutexLock lock(shared_->mutex);
    while (shared_->series != series) shared_->changed.Wait(shared_->mutex);
  }

  // How often somebody has subscribed.
  int subscriptions() const {
    base::MutexLock lock(shared_->mutex);
    return shared_->subscriptions;
  }

 private:
  struct Member {
    std::vector<records::CandleSeriesId> series;
    std::deque<records::CandleEvent> waiting;
    bool interrupted = false;
    bool closed = false;
  };
  struct Shared {
    base::Mutex mutex;
    base::ConditionVariable changed;
    std::vector<Member*> members ABSL_GUARDED_BY(mutex);
    std::vector<records::CandleSeriesId> series ABSL_GUARDED_BY(mutex);  // of the newest one
    int subscriptions ABSL_GUARDED_BY(mutex) = 0;
  };

  class Subscription final : public records::CandleSubscription {
   public:
    // REQUIRES: the mutex is held.
    Subscription(std::shared_ptr<Shared> shared,
                 std::vector<records::CandleSeriesId> series) ABSL_NO_THREAD_SAFETY_ANALYSIS
        : shared_(std::move(shared)) {
      member_.series = std::move(series);
      shared_->members.push_back(&member_);
    }
    ~Subscription() override { Close(); }

    std::optional<records::CandleEvent> Next(absl::Duration timeout) override {
      base::MutexLock lock(shared_->mutex);
      if (member_.waiting.empty() && !member_.closed && !member_.interrupted &&
          timeout > absl::ZeroDuration()) {
        shared_->changed.WaitFor(shared_->mutex, timeout);
      }
      member_.interrupted = false;
      if (member_.waiting.empty()) return std::nullopt;
      const records::CandleEvent event = member_.waiting.front();
      member_.waiting.pop_front();
      return event;
    }
    void Interrupt() override {
      base::MutexLock lock(shared_->mutex);
      member_.interrupted = true;
      shared_->changed.NotifyAll();
    }
    void Close() override {
      base::MutexLock lock(shared_->mutex);
      member_.closed = true;
      std::erase(shared_->members, &member_);
      shared_->changed.NotifyAll();
    }
    int64_t dropped() const override { return 0; }

   private:
    const std::shared_ptr<Shared> shared_;
    Member member_;  // guarded by the shared mutex
  };

  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_FAKE_CANDLE_EVENTS_H_
