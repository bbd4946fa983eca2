#ifndef AIFX_SERVER_RPC_CANDLE_STREAM_H_
#define AIFX_SERVER_RPC_CANDLE_STREAM_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aifx/ml/v1/prediction_service.pb.h"
#include "core/base/violation.h"
#include "server/rpc/prediction_engine.h"

namespace aifx::rpc {

// The state of one series that comes candle by candle: its model, which stays the one that it began
// with, and the newest candles that a prediction depends on, all of them checked. Each prediction
// is computed from the same candles as Predict would on the same history, so it is the same to the
// bit. Not thread-safe.
class CandleStream {
 public:
  // The series' identity and past. InvalidArgument with every violation of the message's form; the
  // candles are checked together with the first one streamed.
  static absl::StatusOr<CandleStream> FromProto(const ml::v1::StreamStart& start,
                                                const std::string& default_model, absl::Time now);

  // The prediction that the next closed candle asks for, ready to run. Only the new candle is
  // checked: InvalidArgument names its fields `candle...`, those of the warm-up `start.warm_up...`.
  // NotFound or FailedPrecondition for the model, at the first candle.
  absl::StatusOr<pipeline::PreparedRequest> Next(const ml::v1::Candle& candle,
                                                 const PredictionEngine& engine, absl::Time now);

 private:
  explicit CandleStream(pipeline::PredictRequest request) : request_(std::move(request)) {}

  absl::StatusOr<pipeline::PreparedRequest> First(const market::Candle& candle,
                                                  const PredictionEngine& engine);
  absl::Status Append(const market::Candle& candle, absl::Time now);

  pipeline::PredictRequest request_;  // its candles: the warm-up, until the first one came
  // Everything but id and time of the last prediction; absent before the first.
  std::optional<pipeline::PreparedRequest> last_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_CANDLE_STREAM_H_
