#include "core/training/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "core/training/minimize.h"

namespace aifx::training {
namespace {

constexpr double kSmallest = 1e-15;  // a probability of 0 costs this much, not infinity

// A directional sample: (score, whether the last class was right).
using Directional = std::vector<std::pair<double, bool>>;

double Auc(Directional samples) {
  std::sort(samples.begin(), samples.end());
  double rank_sum = 0, ups = 0;
  for (size_t i = 0; i < samples.size();) {
    size_t end = i;
    double ups_here = 0;
    while (end < samples.size() && samples[end].first == samples[i].first) {
      ups_here += samples[end++].second ? 1 : 0;
    }
    rank_sum += ups_here * 0.5 * static_cast<double>(i + 1 + end);  // equals share their mean rank
    ups += ups_here;
    i = end;
  }
  const double downs = static_cast<double>(samples.size()) - ups;
  if (ups == 0 || downs == 0) return 0.5;
  return (rank_sum - ups * (ups + 1) / 2) / (ups * downs);
}

// (slope, intercept); the penalty keeps separable samples finite.
std::pair<double, double> LogisticFit(const Directional& samples) {
  if (samples.empty()) return {0, 0};
  const auto count = static_cast<double>(samples.size());
  const auto loss = [&](absl::Span<const double> x, absl::Span<double> gradient) {
    gradient[0] = gradient[1] = 0;
    double sum = 0;
    for (const auto& [score, up] : samples) {
      const double z = x[0] * score + x[1];
      const double margin = up ? z : -z;
      sum += margin > 0 ? std::log1p(std::exp(-margin)) : -margin + std::log1p(std::exp(margin));
      const double error = 1 / (1 + std::exp(-z)) - (up ? 1 : 0);
      gradient[0] += error * score / count;
      gradient[1] += error / count;
    }
    constexpr double kPenalty = 1e-10;
    gradient[0] += 2 * kPenalty * x[0];
    gradient[1] += 2 * kPenalty * x[1];
    return sum / count + kPenalty * (x[0] * x[0] + x[1] * x[1]);
  };
  const std::vector<double> x = Minimize(loss, {0, 0}, 1e-10);
  return {x[0], x[1]};
}

struct Bin {
  double count = 0, confidence = 0, right = 0;
};

}  // namespace

Scores Score(absl::Span<const double> probabilities, absl::Span<const int> targets,
             size_t classes) {
  Scores scores;
  scores.samples = targets.size();
  if (targets.empty()) return scores;
  const auto count = static_cast<double>(targets.size());
  Directional differences, log_ratios;
  std::array<Bin, 10> bins;
  for (size_t i = 0; i < targets.size(); ++i) {
    const absl::Span<const double> p = probabilities.subspan(i * classes, classes);
    const auto target = static_cast<size_t>(targets[i]);
    scores.log_loss -= std::log(std::max(p[target], kSmallest)) / count;
    for (size_t c = 0; c < classes; ++c) {
      scores.brier += std::pow(p[c] - (c == target ? 1 : 0), 2) / count;
    }
    const auto best = static_cast<size_t>(std::max_element(p.begin(), p.end()) - p.begin());
    Bin& bin = bins[std::min<size_t>(static_cast<size_t>(p[best] * 10), 9)];
    bin.count += 1;
    bin.confidence += p[best];
    if (best == target) bin.right += 1;
    if (target != 0 && target != classes - 1) continue;
    const bool up = target == classes - 1;
    differences.emplace_back(p[classes - 1] - p[0], up);
    log_ratios.emplace_back(
        std::log(std::max(p[classes - 1], kSmallest) / std::max(p[0], kSmallest)), up);
  }
  for (const Bin& bin : bins) {
    scores.accuracy += bin.right / count;
    scores.expected_calibration_error += std::abs(bin.right - bin.confidence) / count;
  }
  scores.directional = differences.size();
  scores.auc = Auc(std::move(differences));
  std::tie(scores.calibration_slope, scores.calibration_intercept) = LogisticFit(log_ratios);
  return scores;
}

nlohmann::json ToJson(const Scores& scores) {
  return {{"samples", scores.samples},
          {"log_loss", scores.log_loss},
          {"brier", scores.brier},
          {"accuracy", scores.accuracy},
          {"directional_samples", scores.directional},
          {"auc", scores.auc},
          {"calibration_slope", scores.calibration_slope},
          {"calibration_intercept", scores.calibration_intercept},
          {"expected_calibration_error", scores.expected_calibration_error}};
}

}  // namespace aifx::training
