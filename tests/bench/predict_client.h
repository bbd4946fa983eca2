#ifndef AIFX_TESTS_BENCH_PREDICT_CLIENT_H_
#define AIFX_TESTS_BENCH_PREDICT_CLIENT_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aifx/ml/v1/prediction_service.grpc.pb.h"
#include "tests/bench/closed_loop.h"

namespace aifx::bench {

// The shape of a model's input: rows of one window, columns of its feature set.
struct WindowShape {
  int64_t sequence, features;
};

// Asynchronous calls of an aifx-server over a few channels, one after another in turn. Requests are
// sent as bytes that were serialized once, and answers are not parsed: the client costs as little
// as h2load. Thread-safe; outlives its calls.
class PredictClient {
 public:
  // The requests of PredictSame and Infer as they go over the wire, with gRPC's prefix: for other
  // load clients.
  static std::string WirePredict();
  static std::string WireInfer(const WindowShape& shape);

  explicit PredictClient(const std::string& address);  // HOST:PORT

  // The health service's Check: what a call costs that does nothing.
  StartCall Empty();
  // Predict with the newest 120 of the sample candles, the same window in every call.
  StartCall PredictSame();
  // The same with another spread in the newest candle of every call: no window comes twice. Calls
  // get `timeout`.
  StartCall PredictAnother(absl::Duration timeout = absl::InfiniteDuration());

  // ModelInfer of the Open Inference Protocol: one window of that shape in raw FP32. Nothing is
  // cached there, so that every call is computed although the window is the same.
  StartCall Infer(const WindowShape& shape);

  // One parsed answer to PredictAnother's request; blocks.
  ml::v1::PredictResponse PredictOnce();

 private:
  void Start(const std::string& method, const grpc::Slice& request, absl::Duration timeout,
             std::function<void(CallEnd)> done);
  std::string AnotherRequest();

  const std::string request_;
  size_t spread_offset_ = 0;  // of the newest candle's spread within request_
  std::atomic<uint64_t> next_ = 0;
  std::atomic<uint64_t> window_ = 0;
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
};

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_PREDICT_CLIENT_H_
