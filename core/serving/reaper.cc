#include "core/serving/reaper.h"

#include <malloc.h>

#include <utility>
#include <vector>

#include "core/base/mutex.h"

namespace aifx::serving {

struct Reaper::State {
  base::Mutex mutex;
  base::ConditionVariable wake, progress;
  std::vector<std::shared_ptr<const model::Model>> queue ABSL_GUARDED_BY(mutex);
  uint64_t taken ABSL_GUARDED_BY(mutex) = 0;
  uint64_t freed ABSL_GUARDED_BY(mutex) = 0;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
};

Reaper::Reaper() : state_(std::make_shared<State>()), thread_([this] { Loop(*state_); }) {}

Reaper::~Reaper() {
  {
    base::MutexLock lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.NotifyAll();
  thread_.join();
}

std::shared_ptr<const model::Model> Reaper::Own(std::shared_ptr<const model::Model> model) {
  const model::Model* const raw = model.get();
  return {raw, [state = state_, model = std::move(model)](const model::Model*) mutable {
            Take(*state, std::move(model));
          }};
}

void Reaper::Take(State& state, std::shared_ptr<const model::Model> model) {
  {
    base::MutexLock lock(state.mutex);
    if (state.stopping) return;  // `model` is freed here, outside the lock
    state.queue.push_back(std::move(model));
    ++state.taken;
  }
  state.wake.NotifyOne();
}

void Reaper::Loop(State& state) {
  while (true) {
    std::vector<std::shared_ptr<const model::Model>> batch;
    {
      base::MutexLock lock(state.mutex);
      while (state.queue.empty() && !state.stopping) state.wake.Wait(state.mutex);
      if (state.queue.empty()) return;
      batch.swap(state.queue);
    }
    const size_t count = batch.size();
    batch.clear();
    // A model's small blocks lie between those of others: without this the freed pages stay with
    // the process (docs/model-lifecycle.md has the figures).
    malloc_trim(0);
    base::MutexLock lock(state.mutex);
    state.freed += count;
    state.progress.NotifyAll();
  }
}

void Reaper::Flush() {
  base::MutexLock lock(state_->mutex);
  const uint64_t target = state_->taken;
  while (state_->freed < target) state_->progress.Wait(state_->mutex);
}

ReaperStats Reaper::Stats() const {
  base::MutexLock lock(state_->mutex);
  return {.freed = state_->freed, .waiting = static_cast<size_t>(state_->taken - state_->freed)};
}

}  // namespace aifx::serving
