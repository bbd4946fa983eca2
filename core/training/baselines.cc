#include "core/training/baselines.h"

#include <algorithm>
#include <cmath>

#include "core/training/calibration.h"
#include "core/training/minimize.h"

namespace aifx::training {
namespace {

std::vector<double> Frequencies(std::vector<double> counts) {
  double sum = 0;
  for (double& count : counts) sum += count += 1;
  for (double& count : counts) count /= sum;
  return counts;
}

// The newest row of each sample, scaled, with a constant 1 behind it.
std::vector<double> NewestRows(const Dataset& data, const features::Scaler& scaler,
                               absl::Span<const Sample> samples) {
  std::vector<double> rows;
  rows.reserve(samples.size() * (data.columns() + 1));
  for (const Sample& sample : samples) {
    const absl::Span<const double> row = data.NewestRow(sample.candle);
    for (size_t c = 0; c < row.size(); ++c) {
      rows.push_back((row[c] - scaler.mean[c]) / scaler.deviation[c]);
    }
    rows.push_back(1);
  }
  return rows;
}

// rows * weights^T: [rows, inputs] x [classes, inputs].
std::vector<double> Logits(absl::Span<const double> rows, absl::Span<const double> weights,
                           size_t inputs, size_t classes) {
  std::vector<double> logits;
  logits.reserve(rows.size() / inputs * classes);
  for (size_t r = 0; r < rows.size(); r += inputs) {
    for (size_t c = 0; c < classes; ++c) {
      double sum = 0;
      for (size_t i = 0; i < inputs; ++i) sum += rows[r + i] * weights[c * inputs + i];
      logits.push_back(sum);
    }
  }
  return logits;
}

}  // namespace

std::vector<double> BaseRate(absl::Span<const Sample> fit, absl::Span<const Sample> samples,
                             size_t classes) {
  std::vector<double> counts(classes, 0.0);
  for (const Sample& sample : fit) counts[static_cast<size_t>(sample.target)] += 1;
  const std::vector<double> row = Frequencies(std::move(counts));
  std::vector<double> probabilities;
  for (size_t i = 0; i < samples.size(); ++i) {
    probabilities.insert(probabilities.end(), row.begin(), row.end());
  }
  return probabilities;
}

std::vector<double> Persistence(absl::Span<const market::Candle> candles, size_t horizon,
                                absl::Span<const Sample> fit, absl::Span<const Sample> samples,
                                size_t classes) {
  const auto rose = [&](const Sample& sample) {
    return candles[sample.candle].close >
           candles[sample.candle - std::min(horizon, sample.candle)].close;
  };
  std::vector<double> up(classes, 0.0), down(classes, 0.0);
  for (const Sample& sample : fit) {
    (rose(sample) ? up : down)[static_cast<size_t>(sample.target)] += 1;
  }
  up = Frequencies(std::move(up));
  down = Frequencies(std::move(down));
  std::vector<double> probabilities;
  for (const Sample& sample : samples) {
    const std::vector<double>& row = rose(sample) ? up : down;
    probabilities.insert(probabilities.end(), row.begin(), row.end());
  }
  return probabilities;
}

std::vector<double> Logistic(const Dataset& data, const features::Scaler& scaler,
                             absl::Span<const Sample> fit, absl::Span<const Sample> samples,
                             size_t classes, double ridge) {
  const size_t inputs = data.columns() + 1;
  const std::vector<double> rows = NewestRows(data, scaler, fit);
  const model::Calibration plain{1, std::vector<double>(classes, 0.0), {}};
  const auto count = static_cast<double>(fit.size());
  const auto loss = [&](absl::Span<const double> weights, absl::Span<double> gradient) {
    const std::vector<double> p =
        CalibratedProbabilities(Logits(rows, weights, inputs, classes), plain);
    std::fill(gradient.begin(), gradient.end(), 0.0);
    double value = 0;
    for (size_t s = 0; s < fit.size(); ++s) {
      const auto target = static_cast<size_t>(fit[s].target);
      value -= std::log(std::max(p[s * classes + target], 1e-300)) / count;
      for (size_t c = 0; c < classes; ++c) {
        const double error = (p[s * classes + c] - (c == target ? 1 : 0)) / count;
        for (size_t i = 0; i < inputs; ++i)
          gradient[c * inputs + i] += error * rows[s * inputs + i];
      }
    }
    for (size_t w = 0; w < weights.size(); ++w) {
      if (w % inputs == inputs - 1) continue;
      value += ridge / 2 * weights[w] * weights[w];
      gradient[w] += ridge * weights[w];
    }
    return value;
  };
  const std::vector<double> weights =
      Minimize(loss, std::vector<double>(inputs * classes, 0.0), 1e-6, 200);
  return CalibratedProbabilities(
      Logits(NewestRows(data, scaler, samples), weights, inputs, classes), plain);
}

}  // namespace aifx::training
