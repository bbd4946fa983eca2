#ifndef AIFX_SERVER_RPC_CANDLE_STREAM_H_
#define AIFX_SERVER_RPC_CANDLE_STREAM_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aifx/ml/v1/prediction_service.pb.h"
#include "core/base/violation.h"
#include "server/rpc/prediction_engine.h"

namespace aifx::rpc {

// The state of one series that comes candle by candle: the newest candles that a prediction depends
// on. Each prediction is prepared from them as a Predict on the same history is, with the version
// that Predict would choose at that moment (experiments, swaps), so it is the same to the bit; its
// warnings are about the candles that are kept. Not thread-safe.
class CandleStream {
 public:
  // The series' identity and past. InvalidArgument with every violation of the message's form; the
  // candles are checked together with the first one streamed.
  static absl::StatusOr<CandleStream> FromProto(const ml::v1::StreamStart& start,
                                                const std::string& default_model, absl::Time now);

  // The prediction that the next closed candle asks for, ready to run; after an error it is as if
  // the candle had not come. InvalidArgument names the candle's fields `candle...`, those of the
  // warm-up `start.warm_up...`. NotFound or FailedPrecondition for the model, which may have
  // changed since the last candle: STREAM_TOO_SHORT where the new version needs more candles than
  // are kept.
  absl::StatusOr<pipeline::PreparedRequest> Next(const ml::v1::Candle& candle,
                                                 const PredictionEngine& engine);

 private:
  CandleStream(pipeline::PredictRequest request, std::vector<market::Candle> warm_up)
      : request_(std::move(request)), history_(std::move(warm_up)) {}

  // Keeps what the next prediction needs, if it is by a version like that of `prepared`.
  void Keep(const market::Candle& candle, const pipeline::PreparedRequest& prepared);

  pipeline::PredictRequest request_;     // without candles
  std::vector<market::Candle> history_;  // the warm-up, then what is kept of it and what came
  size_t window_ = 2;                    // candles of a prediction; grows only
  bool forgot_ = false;                  // whether older candles were dropped
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_CANDLE_STREAM_H_
