#ifndef AIFX_CORE_PIPELINE_EXPLAINER_H_
#define AIFX_CORE_PIPELINE_EXPLAINER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/features/feature_set.h"
#include "core/pipeline/integrated_gradients.h"
#include "core/pipeline/predictor.h"

namespace aifx::pipeline {

struct Explanation {
  // As Predict answers, except that the factors are the shares of the attributions below by kind of
  // column instead of the model's average ones.
  PredictAnswer answer;
  // What is explained: a difference of two logits, such as "buy - sell".
  std::string output;
  Attributions attributions;
  const features::FeatureSet* feature_set = nullptr;  // names the columns
  absl::Duration duration;                            // beyond the prediction
};

// An explanation under way, in pieces that take about as long as a full batch of predictions, so
// that other work gets in between. Thread-compatible.
class ExplanationRun {
 public:
  virtual ~ExplanationRun() = default;

  // Does a piece. Whether there is another one to do; the errors of Predictor::Run and
  // IntegratedGradients: FailedPrecondition where the model's runtime has no gradients.
  virtual absl::StatusOr<bool> Advance() = 0;

  // REQUIRES: Advance returned false.
  virtual Explanation Take() = 0;
};

// Predicts and tells what moved the prediction. The output explained is the logit of the signal's
// direction less that of the other one (sell - buy for SELL, up - down for a BUY by direction); for
// HOLD that of the upward one. Gradients are LibTorch's in float32, whatever kernel predicts.
// Thread-safe.
class Explainer {
 public:
  // `predictor` outlives it.
  explicit Explainer(const Predictor& predictor) : predictor_(predictor) {}

  // Computes nothing yet. The explanation takes `steps` points; about 2 ms a point for the weekly
  // model. The predictor outlives the run. REQUIRES: !prepared.NeedsFetch(); steps >= 1.
  std::unique_ptr<ExplanationRun> Start(PreparedRequest prepared, int steps) const;

 private:
  const Predictor& predictor_;
};

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_EXPLAINER_H_
