#ifndef AIFX_TESTS_BENCH_PREDICT_CLIENT_H_
#define AIFX_TESTS_BENCH_PREDICT_CLIENT_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "aifx/ml/v1/prediction_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/bench/closed_loop.h"

namespace aifx::bench {

// Asynchronous calls of an aifx-server over a few channels, one after another in turn. Thread-safe;
// outlives its calls.
class PredictClient {
 public:
  explicit PredictClient(const std::string& address);  // HOST:PORT

  // The health service's Check: what a call costs that does nothing.
  StartCall Empty();
  // Predict with the newest 120 of the sample candles in the request.
  StartCall Predict();

 private:
  size_t Next() { return next_.fetch_add(1, std::memory_order_relaxed) % channels_.size(); }

  const ml::v1::PredictRequest request_;
  std::atomic<size_t> next_ = 0;
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::vector<std::unique_ptr<grpc::health::v1::Health::Stub>> health_;
  std::vector<std::unique_ptr<ml::v1::PredictionService::Stub>> prediction_;
};

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_PREDICT_CLIENT_H_
