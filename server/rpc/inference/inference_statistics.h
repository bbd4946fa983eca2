#ifndef AIFX_SERVER_RPC_INFERENCE_INFERENCE_STATISTICS_H_
#define AIFX_SERVER_RPC_INFERENCE_INFERENCE_STATISTICS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "core/base/mutex.h"
#include "inference/grpc_service.pb.h"

namespace aifx::rpc {

// How many, and their time together.
struct DurationSum {
  uint64_t count = 0;
  absl::Duration time;

  void Add(absl::Duration one) {
    ++count;
    time += one;
  }
};

// Where one request's time went.
struct InferenceTimes {
  absl::Duration input;   // checking and copying its tensors
  absl::Duration queue;   // waiting for the model
  absl::Duration infer;   // the model, together with the windows that it was run with
  absl::Duration output;  // writing its answer
  absl::Duration total;
};

// What one version was asked through the protocol since the start.
struct VersionInferenceStats {
  struct Batch {
    DurationSum input, infer, output;
  };

  std::string name;
  int64_t version = 0;
  absl::Time last = absl::InfinitePast();  // when the newest request was answered
  uint64_t windows = 0;
  uint64_t executions = 0;  // runs of the model
  DurationSum success, fail, queue, input, infer, output;
  std::map<size_t, Batch> batches;  // by windows a run
};

// Counts what the service answers, by model and version. Thread-safe.
class InferenceStatistics {
 public:
  // A request for `rows` windows was answered. The model ran over `executed_rows` windows, which
  // are more where other requests' were among them; `counts_execution` for one request of a run.
  void Succeeded(const std::string& name, int64_t version, size_t rows, size_t executed_rows,
                 bool counts_execution, const InferenceTimes& times, absl::Time now);
  // A request for a model that is there ended with an error.
  void Failed(const std::string& name, int64_t version, absl::Duration total, absl::Time now);

  // By name, then version. Versions that were never asked are not among them; of more than 1,024,
  // those whose last request is oldest are forgotten.
  std::vector<VersionInferenceStats> Stats() const;

 private:
  VersionInferenceStats& Find(const std::string& name, int64_t version)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable base::Mutex mutex_;
  std::map<std::pair<std::string, int64_t>, VersionInferenceStats> versions_
      ABSL_GUARDED_BY(mutex_);
};

void ToProto(const VersionInferenceStats& stats, ::inference::ModelStatistics& message);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_INFERENCE_INFERENCE_STATISTICS_H_
