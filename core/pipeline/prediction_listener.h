#ifndef AIFX_CORE_PIPELINE_PREDICTION_LISTENER_H_
#define AIFX_CORE_PIPELINE_PREDICTION_LISTENER_H_

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/records/prediction.h"

namespace aifx::pipeline {

struct PreparedRequest;

// What to do when the newest candle is old: answer HOLD (stale_candles), or answer from it with a
// warning (for back-dated samples and replays).
enum class StalePolicy { kHold, kWarn };

// The rules beside the request's own that a decision followed; they can change while a server runs.
struct DecisionPolicy {
  StalePolicy stale_policy = StalePolicy::kHold;
  int stale_after_bars = 3;
  absl::Duration model_expires_after;  // 0: never
};

// Hears of every prediction that a caller gets, not of those that only an experiment compares.
// Implementations are thread-safe and neither block nor fail: they are called on the thread that
// answers.
class PredictionListener {
 public:
  virtual ~PredictionListener() = default;

  // `item` still holds its candles; its warnings are the prediction's by now. All of it is valid
  // until this returns.
  virtual void OnPrediction(const PreparedRequest& item, const DecisionPolicy& policy,
                            absl::Span<const float> logits,
                            const records::Prediction& prediction) = 0;
};

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_PREDICTION_LISTENER_H_
