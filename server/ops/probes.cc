#include "server/ops/probes.h"

#include "absl/strings/str_cat.h"

namespace aifx::ops {

HttpAnswer ReadinessAnswer(const std::vector<ReadinessCheck>& checks) {
  HttpAnswer answer;
  std::string lines;
  for (const ReadinessCheck& check : checks) {
    if (!check.trouble.empty()) answer.status = 503;
    absl::StrAppend(&lines, check.name, ": ", check.trouble.empty() ? "ok" : check.trouble, "\n");
  }
  answer.body = absl::StrCat(answer.status == 200 ? "ready\n" : "not ready\n", lines);
  return answer;
}

HttpAnswer LivenessAnswer(const absl::Status& probe) {
  HttpAnswer answer;
  if (probe.ok()) {
    answer.body = "live\n";
  } else if (absl::IsResourceExhausted(probe)) {
    answer.body = absl::StrCat("live\ngrpc: a new connection was ", probe.message(), "\n");
  } else {
    answer.status = 503;
    answer.body =
        absl::StrCat("not live\ngrpc: a new connection was not answered: ", probe.message(), "\n");
  }
  return answer;
}

}  // namespace aifx::ops
