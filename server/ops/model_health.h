#ifndef AIFX_SERVER_OPS_MODEL_HEALTH_H_
#define AIFX_SERVER_OPS_MODEL_HEALTH_H_

#include <set>
#include <string>
#include <vector>

#include "core/serving/registry_stats.h"
#include "server/ops/health_service.h"

namespace aifx::ops {

// A health service `model/<name>` for each model of the store: SERVING while one of its versions
// answers requests that name none; one that is only loaded does not. A model that is gone from the
// store stays known, as NOT_SERVING. Thread-compatible.
class ModelHealth {
 public:
  // `health` outlives it.
  explicit ModelHealth(HealthService& health) : health_(health) {}

  void Update(const std::vector<serving::ModelStats>& models);

 private:
  HealthService& health_;
  std::set<std::string> known_;
};

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_MODEL_HEALTH_H_
