#ifndef AIFX_SERVER_OPS_PROBES_H_
#define AIFX_SERVER_OPS_PROBES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/ops/http_server.h"

namespace aifx::ops {

// One condition for taking calls.
struct ReadinessCheck {
  std::string name;     // "model"
  std::string trouble;  // what is wrong, for operators; empty where all is well
};

// What /readyz answers: 200 where no check has trouble, else 503; a line a check, `model: ok`.
HttpAnswer ReadinessAnswer(const std::vector<ReadinessCheck>& checks);

// What /livez answers to a probe's end (liveness_probe.h): 200 where somebody accepts connections,
// full or not, since a restart would only cut off those that are served; else 503 with the reason.
HttpAnswer LivenessAnswer(const absl::Status& probe);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_PROBES_H_
