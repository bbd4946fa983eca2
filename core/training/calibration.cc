#include "core/training/calibration.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "core/training/minimize.h"

namespace aifx::training {
namespace {

// Softmax in place.
void Softmax(absl::Span<double> row) {
  const double largest = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (double& value : row) sum += value = std::exp(value - largest);
  for (double& value : row) value /= sum;
}

}  // namespace

std::vector<double> CalibratedProbabilities(absl::Span<const double> logits,
                                            const model::Calibration& calibration) {
  const size_t classes = calibration.intercept.size();
  std::vector<double> probabilities(logits.begin(), logits.end());
  for (size_t i = 0; i < probabilities.size(); i += classes) {
    const absl::Span<double> row = absl::MakeSpan(probabilities).subspan(i, classes);
    for (size_t c = 0; c < classes; ++c) {
      row[c] = calibration.slope * row[c] + calibration.intercept[c];
    }
    Softmax(row);
  }
  return probabilities;
}

model::Calibration FitCalibration(absl::Span<const double> logits, absl::Span<const int> targets,
                                  size_t classes) {
  model::Calibration calibration;
  calibration.intercept.assign(classes, 0.0);
  if (targets.empty()) return calibration;
  // x = (ln slope, intercepts). The tiny penalty keeps ln slope finite where the best slope is 0
  // and picks one of the equal solutions that differ by a constant added to all intercepts.
  constexpr double kPenalty = 1e-7;
  const auto rows = static_cast<double>(targets.size());
  const auto loss = [&](absl::Span<const double> x, absl::Span<double> gradient) {
    const double slope = std::exp(std::clamp(x[0], -20.0, 20.0));
    std::fill(gradient.begin(), gradient.end(), 0.0);
    double sum = 0;
    std::vector<double> row(classes);
    for (size_t i = 0; i < targets.size(); ++i) {
      const absl::Span<const double> logit = logits.subspan(i * classes, classes);
      for (size_t c = 0; c < classes; ++c) row[c] = slope * logit[c] + x[c + 1];
      Softmax(absl::MakeSpan(row));
      sum -= std::log(std::max(row[static_cast<size_t>(targets[i])], 1e-300));
      for (size_t c = 0; c < classes; ++c) {
        const double error = row[c] - (static_cast<int>(c) == targets[i] ? 1 : 0);
        gradient[0] += error * slope * logit[c] / rows;
        gradient[c + 1] += error / rows;
      }
    }
    double value = sum / rows;
    for (size_t p = 0; p < x.size(); ++p) {
      value += kPenalty * x[p] * x[p];
      gradient[p] += 2 * kPenalty * x[p];
    }
    return value;
  };
  const std::vector<double> x = Minimize(loss, std::vector<double>(classes + 1, 0.0), 1e-9);
  calibration.slope = std::exp(std::clamp(x[0], -20.0, 20.0));
  const double mean = std::accumulate(x.begin() + 1, x.end(), 0.0) / static_cast<double>(classes);
  for (size_t c = 0; c < classes; ++c) calibration.intercept[c] = x[c + 1] - mean;
  return calibration;
}

double EdgeForCoverage(absl::Span<const double> probabilities, size_t classes, double coverage) {
  std::vector<double> edges;
  for (size_t i = 0; i + classes <= probabilities.size(); i += classes) {
    edges.push_back(std::abs(probabilities[i + classes - 1] - probabilities[i]));
  }
  if (edges.empty()) return 0;
  std::sort(edges.begin(), edges.end(), std::greater<>());
  const double wanted = coverage * static_cast<double>(edges.size());
  const size_t rank = std::clamp<size_t>(static_cast<size_t>(std::ceil(wanted)), 1, edges.size());
  return edges[rank - 1];
}

}  // namespace aifx::training
