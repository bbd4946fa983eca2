#ifndef AIFX_CORE_SERVING_EXECUTOR_H_
#define AIFX_CORE_SERVING_EXECUTOR_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "core/base/mutex.h"

namespace aifx::serving {

// A fixed number of threads over one bounded queue, first in first out. Inference runs on one (a
// thread a core), calls that wait for the backend on another, so that neither starves RPC threads.
// Of the threads that wait, the one that worked last is woken: the model's weights are still in its
// core's cache. Thread-safe.
class Executor {
 public:
  struct Options {
    std::string name;          // for messages, such as "inference"
    size_t threads = 1;        // > 0
    size_t queue_limit = 256;  // tasks waiting, > 0
  };

  explicit Executor(Options options);
  // Runs what is queued, then ends the threads.
  ~Executor();

  // Queues a task. ResourceExhausted (with a retry hint) at once where the queue is full;
  // Unavailable after Shutdown. A task must not throw.
  absl::Status Submit(std::function<void()> task);

  // Refuses new tasks, finishes those queued, joins the threads. Idempotent.
  void Shutdown();

  const Options& options() const { return options_; }

  // Tasks queued and not yet begun.
  size_t QueueDepth() const;

 private:
  // One thread; `woken` is set by whoever takes it off the idle list.
  struct Worker {
    base::ConditionVariable wake;
    bool woken = false;
    std::thread thread;
  };

  void Work(Worker& self);

  const Options options_;
  mutable base::Mutex mutex_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  std::vector<Worker*> idle_ ABSL_GUARDED_BY(mutex_);  // the last to become idle at the back
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_EXECUTOR_H_
