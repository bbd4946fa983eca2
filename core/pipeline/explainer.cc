#include "core/pipeline/explainer.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/pipeline/model_window.h"
#include "core/pipeline/prediction_builder.h"
#include "core/pipeline/stage_timer.h"

namespace aifx::pipeline {
namespace {

absl::StatusOr<std::vector<float>> WindowOf(const PreparedRequest& prepared) {
  features::FeatureMatrix matrix;
  AIFX_ASSIGN_OR_RETURN(const absl::Span<const double> window, BuildModelWindow(prepared, matrix));
  return std::vector<float>(window.begin(), window.end());
}

// Each column's share of the attributions' absolute values; none where all are zero.
std::vector<double> SharesOf(const Attributions& attributions, size_t columns) {
  std::vector<double> shares(columns, 0.0);
  double total = 0;
  for (size_t i = 0; i < attributions.values.size(); ++i) {
    shares[i % columns] += std::abs(attributions.values[i]);
    total += std::abs(attributions.values[i]);
  }
  if (!(total > 0)) return {};
  for (double& share : shares) share /= total;
  return shares;
}

}  // namespace

absl::StatusOr<Explanation> Explainer::Explain(PreparedRequest& prepared, int steps,
                                               const base::CallContext& context) const {
  auto answers = predictor_.Run(absl::MakeSpan(&prepared, 1));
  AIFX_RETURN_IF_ERROR(answers[0].status());
  Explanation explanation{.answer = *std::move(answers[0])};
  records::Prediction& prediction = explanation.answer.prediction;
  {
    StageTimer timer(explanation.duration);
    const std::vector<std::string>& classes = prepared.served.model->manifest().classes;
    // The downward class is the first, the upward one the last (ClassesOf).
    std::vector<float> direction(classes.size(), 0.0f);
    const bool down = prediction.signal == records::Signal::kSell;
    direction.front() = down ? 1.0f : -1.0f;
    direction.back() = -direction.front();
    explanation.output = down ? absl::StrCat(classes.front(), " - ", classes.back())
                              : absl::StrCat(classes.back(), " - ", classes.front());
    AIFX_ASSIGN_OR_RETURN(const std::vector<float> window, WindowOf(prepared));
    AIFX_ASSIGN_OR_RETURN(
        explanation.attributions,
        IntegratedGradients(*prepared.served.model, window, direction, steps, context));
  }
  explanation.feature_set = prepared.feature_set;
  const std::vector<double> shares =
      SharesOf(explanation.attributions, prepared.feature_set->columns().size());
  if (!shares.empty()) prediction.factors = FactorsOf(shares, *prepared.feature_set);
  return explanation;
}

}  // namespace aifx::pipeline
