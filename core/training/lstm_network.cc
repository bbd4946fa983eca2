#include "core/training/lstm_network.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <numeric>
#include <random>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/training/adam.h"
#include "core/training/lstm_layers.h"

namespace aifx::training {
namespace {

template <typename T, typename Function>
absl::StatusOr<T> Guarded(Function&& function) {
  try {
    return function();
  } catch (const c10::Error& error) {
    return absl::InternalError(absl::StrCat("LibTorch: ", error.what_without_backtrace()));
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("training failed: ", error.what()));
  }
}

}  // namespace

struct LstmNetwork::State {
  const Dataset& data;
  const LstmOptions options;
  std::mt19937_64 random;  // for the weights, then for the order of the samples
  LstmLayers layers;

  State(const Dataset& dataset, const features::Scaler& scaler, const LstmOptions& o)
      : data(dataset), options(o), random(o.seed), layers(scaler, o, random) {}

  at::Tensor Gather(absl::Span<const Sample> samples) const {
    const size_t window = data.sequence() * data.columns();
    at::Tensor batch =
        at::empty({static_cast<int64_t>(samples.size()), static_cast<int64_t>(data.sequence()),
                   static_cast<int64_t>(data.columns())},
                  at::kFloat);
    float* out = batch.mutable_data_ptr<float>();
    for (const Sample& sample : samples) {
      const absl::Span<const float> values = data.Window(sample.candle);
      std::copy(values.begin(), values.end(), out);
      out += window;
    }
    return batch;
  }

  static at::Tensor Targets(absl::Span<const Sample> samples) {
    at::Tensor targets = at::empty({static_cast<int64_t>(samples.size())}, at::kLong);
    int64_t* out = targets.mutable_data_ptr<int64_t>();
    for (const Sample& sample : samples) *out++ = sample.target;
    return targets;
  }

  // Mean loss and accuracy without dropout.
  std::pair<double, double> Evaluate(absl::Span<const Sample> samples) {
    const c10::NoGradGuard no_gradients;
    double loss = 0, right = 0;
    for (size_t i = 0; i < samples.size(); i += 256) {
      const absl::Span<const Sample> batch = samples.subspan(i, 256);
      const at::Tensor targets = Targets(batch);
      const at::Tensor logits = layers.Forward(Gather(batch), LstmLayers::Pass::kEvaluate);
      loss += at::cross_entropy_loss(logits, targets).item<double>() *
              static_cast<double>(batch.size());
      right += (logits.argmax(1) == targets).sum().item<double>();
    }
    const auto count = static_cast<double>(samples.size());
    return {loss / count, right / count};
  }

  // One pass over the samples; the mean training loss.
  absl::StatusOr<double> Epoch(std::vector<Sample>& samples, Adam& adam, double rate,
                               const std::function<bool()>& is_cancelled) {
    for (size_t i = samples.size(); i > 1; --i) std::swap(samples[i - 1], samples[random() % i]);
    const auto size = static_cast<size_t>(options.batch);
    double sum = 0;
    for (size_t i = 0; i < samples.size(); i += size) {
      if (is_cancelled && is_cancelled()) return absl::CancelledError("training was cancelled");
      const auto batch = absl::MakeConstSpan(samples).subspan(i, size);
      const at::Tensor loss = at::cross_entropy_loss(
          layers.Forward(Gather(batch), LstmLayers::Pass::kTrain), Targets(batch));
      const double value = loss.item<double>();
      if (!std::isfinite(value)) {
        return absl::InternalError(absl::StrCat("the training loss is ", value, ", not finite"));
      }
      sum += value * static_cast<double>(batch.size());
      loss.backward();
      adam.Step(layers.weights(), rate);
    }
    return sum / static_cast<double>(samples.size());
  }

  std::vector<std::vector<float>> WeightValues() {
    std::vector<std::vector<float>> values;
    for (const at::Tensor& weight : layers.weights()) values.push_back(Values(weight));
    return values;
  }

  absl::StatusOr<FitSummary> Fit(absl::Span<const Sample> fit, absl::Span<const Sample> stop,
                                 base::Clock& clock, const EpochCallback& on_epoch,
                                 const std::function<bool()>& is_cancelled) {
    std::vector<Sample> samples(fit.begin(), fit.end());
    Adam adam(layers.weights());
    std::vector<std::vector<float>> best = WeightValues();
    FitSummary summary;
    summary.best_loss = std::numeric_limits<double>::infinity();
    double rate = options.learning_rate;
    int rate_epoch = 0;  // the epoch of the last gain or halving
    for (int epoch = 1; epoch <= options.max_epochs; ++epoch) {
      const absl::Time start = clock.Now();
      EpochReport report;
      report.epoch = summary.epochs = epoch;
      report.learning_rate = rate;
      AIFX_ASSIGN_OR_RETURN(report.train_loss, Epoch(samples, adam, rate, is_cancelled));
      std::tie(report.validation_loss, report.validation_accuracy) = Evaluate(stop);
      report.best = report.validation_loss < summary.best_loss;
      if (report.best) {
        summary.best_loss = report.validation_loss;
        summary.best_epoch = rate_epoch = epoch;
        best = WeightValues();
      } else if (epoch - rate_epoch >= options.lr_patience) {
        rate = std::max(rate / 2, options.min_learning_rate);
        rate_epoch = epoch;
      }
      report.duration = clock.Now() - start;
      if (on_epoch) on_epoch(report);
      if (epoch - summary.best_epoch >= options.patience) break;
    }
    for (size_t w = 0; w < best.size(); ++w) {
      std::copy(best[w].begin(), best[w].end(), layers.weights()[w].mutable_data_ptr<float>());
    }
    return summary;
  }

  absl::StatusOr<std::vector<double>> Importance(absl::Span<const Sample> samples) {
    std::vector<double> shares(data.columns(), 0.0);
    for (size_t i = 0; i < samples.size(); i += 128) {
      const at::Tensor windows = Gather(samples.subspan(i, 128)).set_requires_grad(true);
      const at::Tensor logits = layers.Forward(windows, LstmLayers::Pass::kDifferentiate);
      (logits.select(1, -1) - logits.select(1, 0)).sum().backward();
      const at::Tensor effect = (windows.grad() * (windows.detach() - layers.scaler_mean())).abs();
      const std::vector<float> sums = Values(effect.sum(at::IntArrayRef({0, 1})));
      for (size_t c = 0; c < shares.size(); ++c) shares[c] += sums[c];
    }
    for (at::Tensor& weight : layers.weights()) weight.mutable_grad().reset();
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    for (double& share : shares) {
      share = sum > 0 ? share / sum : 1.0 / static_cast<double>(shares.size());
    }
    return shares;
  }
};

LstmNetwork::LstmNetwork(const Dataset& data, const features::Scaler& scaler,
                         const LstmOptions& options)
    : state_(std::make_unique<State>(data, scaler, options)) {}

LstmNetwork::~LstmNetwork() = default;

absl::StatusOr<FitSummary> LstmNetwork::Fit(absl::Span<const Sample> fit,
                                            absl::Span<const Sample> stop, base::Clock& clock,
                                            const EpochCallback& on_epoch,
                                            const std::function<bool()>& is_cancelled) {
  return Guarded<FitSummary>([&] { return state_->Fit(fit, stop, clock, on_epoch, is_cancelled); });
}

absl::StatusOr<std::string> LstmNetwork::Archive() const {
  return Guarded<std::string>([&] { return state_->layers.Archive(); });
}

absl::StatusOr<std::vector<double>> LstmNetwork::Importance(
    absl::Span<const Sample> samples) const {
  return Guarded<std::vector<double>>([&] { return state_->Importance(samples); });
}

}  // namespace aifx::training
