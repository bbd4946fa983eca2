#ifndef AIFX_SERVER_RPC_CALL_METRICS_H_
#define AIFX_SERVER_RPC_CALL_METRICS_H_

#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/metric_sink.h"
#include "core/base/metrics.h"

namespace aifx::rpc {

// How calls ended and how long they took, by method. The methods are given once; a call finds its
// method's counters without a lock or an allocation, and counts with three additions. Thread-safe.
class CallMetrics {
 public:
  class Method {
   public:
    explicit Method(std::string name) : name_(std::move(name)) {}

    // One call has been answered.
    void Count(absl::StatusCode code, absl::Duration took);

   private:
    friend class CallMetrics;
    static constexpr size_t kCodes = 17;  // of gRPC, 0..16

    const std::string name_;
    std::array<base::Counter, kCodes> by_code_;
    base::Histogram duration_ = base::Histogram::OfDurations();
  };

  // `services` are full names, such as "aifx.ml.v1.PredictionService", of services whose
  // descriptors are linked; all of their methods are counted, unknown names are ignored.
  explicit CallMetrics(const std::vector<std::string>& services);

  // The counters of a method, named as in CallGuard::Start ("PredictionService.Predict"); those of
  // "other" for a method that is of none of the services.
  Method& Of(absl::string_view method);

  // aifx_grpc_calls_total and aifx_grpc_call_duration_seconds.
  void Collect(base::MetricSink& sink) const;

 private:
  std::deque<Method> methods_;  // which stay where they are
  absl::flat_hash_map<absl::string_view, Method*> by_name_;
  Method other_{"other"};
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_CALL_METRICS_H_
