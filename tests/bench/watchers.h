#ifndef AIFX_TESTS_BENCH_WATCHERS_H_
#define AIFX_TESTS_BENCH_WATCHERS_H_

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aifx/ml/v1/prediction_service.grpc.pb.h"
#include "core/base/mutex.h"

namespace aifx::bench {

// A prediction that reached a watcher.
struct Delivery {
  std::string prediction_id;
  std::string series;  // "EUR/USD 5": the pair and the number of the timeframe
  int64_t at = 0;      // nanoseconds since 1970
};

// Many WatchPredictions streams over a few connections. Thread-safe. Not to be destroyed before the
// process ends: gRPC 1.51 now and then aborts when the last channel goes while one of its own
// threads is still leaving a callback.
class Watchers {
 public:
  // Opens a stream for each request, a hundred on a connection; the server is at HOST:PORT.
  Watchers(const std::string& address,
           const std::vector<ml::v1::WatchPredictionsRequest>& requests);
  ~Watchers();

  // Waits until the server has let all in, until `deadline`. DeadlineExceeded, or why a stream
  // ended.
  absl::Status AwaitStart(absl::Time deadline);
  // Waits for so many deliveries and takes them. Errors as above, with how many came; what came
  // stays then.
  absl::StatusOr<std::vector<Delivery>> Take(size_t count, absl::Time deadline);

  // Ends all streams and waits for that.
  void Stop();

 private:
  class Stream;

  std::shared_ptr<grpc::Channel> Connect(const std::string& address, int number);
  // Waits until something has changed; errors as above.
  absl::Status WaitForChange(absl::Time deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::vector<std::unique_ptr<ml::v1::PredictionService::Stub>> stubs_;
  std::vector<std::unique_ptr<Stream>> streams_;
  base::Mutex mutex_;
  base::ConditionVariable changed_;
  size_t started_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t open_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status ended_ ABSL_GUARDED_BY(mutex_);  // why the first stream ended
  size_t wanted_ ABSL_GUARDED_BY(mutex_) = 0;   // deliveries for which somebody waits
  std::vector<Delivery> deliveries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_WATCHERS_H_
