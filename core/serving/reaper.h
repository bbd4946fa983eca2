#ifndef AIFX_CORE_SERVING_REAPER_H_
#define AIFX_CORE_SERVING_REAPER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

#include "core/model/model.h"

namespace aifx::serving {

struct ReaperStats {
  uint64_t freed = 0;  // models, since the start
  size_t waiting = 0;  // handed over, not freed yet
};

// Frees models on a thread of its own. Whoever lets go of a model last is often a request, which
// must not pay for returning megabytes to the allocator. Thread-safe.
class Reaper {
 public:
  Reaper();
  // Frees what was handed over. Handles may outlive the reaper: their models are then freed by
  // whoever drops the last one.
  ~Reaper();
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;

  // A handle to `model` whose last copy hands the model over. REQUIRES: `model` is not null and
  // the caller keeps no other reference to it.
  std::shared_ptr<const model::Model> Own(std::shared_ptr<const model::Model> model);

  // Blocks until everything handed over before the call is freed.
  void Flush();

  ReaperStats Stats() const;

 private:
  struct State;
  static void Take(State& state, std::shared_ptr<const model::Model> model);
  static void Loop(State& state);

  const std::shared_ptr<State> state_;  // shared with the handles
  std::thread thread_;
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_REAPER_H_
