#ifndef AIFX_SERVER_APP_BACKEND_MIRROR_H_
#define AIFX_SERVER_APP_BACKEND_MIRROR_H_

#include <string>

#include "client/backend/backend_client.h"
#include "core/base/log.h"
#include "core/model/model_store.h"
#include "core/serving/executor.h"
#include "core/serving/experiments.h"

namespace aifx::app {

// Tells the backend what the operators of this server have changed, in the background and in order:
// on one thread of its own. What cannot be told is a warning in the log. Thread safe; everything
// given to it outlives it.
class BackendMirror {
 public:
  BackendMirror(const model::ModelStore& store, backend::BackendClient& backend,
                serving::Experiments& experiments, base::Logger& logger);

  // Tells which version of the model is active, once the backend knows that version.
  void TellActive(const std::string& model);
  // Tells of an A/B test or canary, once; shadows are unknown to the backend.
  void TellExperiment(const serving::Experiment& experiment);

  // Waits for what is queued; nothing is told from then on.
  void Shutdown() { executor_.Shutdown(); }
  const serving::Executor& executor() const { return executor_; }

 private:
  void SendActive(const std::string& model);
  void SendExperiment(const serving::Experiment& experiment);

  const model::ModelStore& store_;
  backend::BackendClient& backend_;
  serving::Experiments& experiments_;
  base::Logger& logger_;
  serving::Executor executor_;
};

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_BACKEND_MIRROR_H_
