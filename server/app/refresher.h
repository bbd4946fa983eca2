#ifndef AIFX_SERVER_APP_REFRESHER_H_
#define AIFX_SERVER_APP_REFRESHER_H_

#include <functional>
#include <thread>

#include "absl/time/time.h"
#include "core/base/mutex.h"

namespace aifx::app {

// Calls `refresh` every `interval` on a thread of its own, until it is destroyed.
class Refresher {
 public:
  Refresher(absl::Duration interval, std::function<void()> refresh);
  ~Refresher();
  Refresher(const Refresher&) = delete;
  Refresher& operator=(const Refresher&) = delete;

 private:
  void Loop();

  const absl::Duration interval_;
  const std::function<void()> refresh_;
  base::Mutex mutex_;
  base::ConditionVariable wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_REFRESHER_H_
