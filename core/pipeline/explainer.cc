#include "core/pipeline/explainer.h"

#include <algorithm>
#include <cmath>
#include <optional>
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

class Run final : public ExplanationRun {
 public:
  Run(const Predictor& predictor, PreparedRequest prepared, int steps)
      : predictor_(predictor), prepared_(std::move(prepared)), steps_(steps) {}

  absl::StatusOr<bool> Advance() override {
    if (!gradients_.has_value()) {
      AIFX_RETURN_IF_ERROR(Predict());
    }
    const StageTimer timer(explanation_->duration);
    return gradients_->Advance();
  }

  Explanation Take() override {
    explanation_->attributions = gradients_->Take();
    explanation_->feature_set = prepared_.feature_set;
    const std::vector<double> shares =
        SharesOf(explanation_->attributions, prepared_.feature_set->columns().size());
    if (!shares.empty()) {
      explanation_->answer.prediction.factors = FactorsOf(shares, *prepared_.feature_set);
    }
    return *std::move(explanation_);
  }

 private:
  // What is to be explained follows from the signal.
  absl::Status Predict() {
    auto answers = predictor_.Run(absl::MakeSpan(&prepared_, 1));
    AIFX_RETURN_IF_ERROR(answers[0].status());
    explanation_ = Explanation{.answer = *std::move(answers[0])};
    const std::vector<std::string>& classes = prepared_.served.model->manifest().classes;
    // The downward class is the first, the upward one the last (ClassesOf).
    std::vector<float> direction(classes.size(), 0.0f);
    const bool down = explanation_->answer.prediction.signal == records::Signal::kSell;
    direction.front() = down ? 1.0f : -1.0f;
    direction.back() = -direction.front();
    explanation_->output = down ? absl::StrCat(classes.front(), " - ", classes.back())
                                : absl::StrCat(classes.back(), " - ", classes.front());
    AIFX_ASSIGN_OR_RETURN(std::vector<float> window, WindowOf(prepared_));
    gradients_.emplace(*prepared_.served.model, std::move(window), std::move(direction), steps_);
    return absl::OkStatus();
  }

  const Predictor& predictor_;
  PreparedRequest prepared_;
  const int steps_;
  std::optional<IntegratedGradients> gradients_;  // once it has predicted
  std::optional<Explanation> explanation_;        // likewise
};

}  // namespace

std::unique_ptr<ExplanationRun> Explainer::Start(PreparedRequest prepared, int steps) const {
  return std::make_unique<Run>(predictor_, std::move(prepared), steps);
}

}  // namespace aifx::pipeline
