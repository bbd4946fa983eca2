#ifndef AIFX_CLIENT_CLI_PREDICT_REQUEST_H_
#define AIFX_CLIENT_CLI_PREDICT_REQUEST_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "aifx/ml/v1/prediction_service.pb.h"
#include "core/market/candle.h"
#include "core/market/timeframe.h"

namespace aifx::cli {

// The command line of `aifx predict`, as text.
struct PredictOptions {
  std::string pair;
  std::string timeframe = "1h";
  std::string candles_file;  // empty: the server reads them from the backend
  std::string as_of;         // empty: now
  std::string model;
  int64_t model_version = 0;  // 0: the active one
  bool submit = false;
  bool latest_signal = false;
  bool json = false;
};

// Makes the requests of one `aifx predict`, for one moment after the other.
class PredictRequests {
 public:
  // Reads the candles file, where one is given. InvalidArgument names the option and its value.
  static absl::StatusOr<PredictRequests> Make(const PredictOptions& options);

  // The request for what was known at `as_of`; absent: the moment of the options. With a candles
  // file its candles closed by then are sent, at most the newest 2,000; FailedPrecondition where
  // none is left.
  absl::StatusOr<ml::v1::PredictRequest> At(std::optional<absl::Time> as_of) const;

 private:
  ml::v1::PredictRequest base_;
  market::Timeframe timeframe_ = market::Timeframe::k1Hour;
  std::optional<absl::Time> as_of_;
  std::string candles_file_;
  std::vector<market::Candle> candles_;
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_PREDICT_REQUEST_H_
