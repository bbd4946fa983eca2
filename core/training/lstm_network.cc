#include "core/training/lstm_network.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

#include <array>
#include <cmath>
#include <exception>
#include <limits>
#include <numeric>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/torchscript_archive.h"

namespace aifx::training {
namespace {

enum Weight {
  kIn1,
  kRec1,
  kBiasIn1,
  kBiasRec1,
  kIn2,
  kRec2,
  kBiasIn2,
  kBiasRec2,
  kDense,
  kDenseBias,
  kOut,
  kOutBias,
  kWeights
};

constexpr std::array<const char*, kWeights> kNames = {
    "lstm1_weight_ih", "lstm1_weight_hh", "lstm1_bias_ih", "lstm1_bias_hh",
    "lstm2_weight_ih", "lstm2_weight_hh", "lstm2_bias_ih", "lstm2_bias_hh",
    "dense_weight",    "dense_bias",      "output_weight", "output_bias"};

constexpr char kProgram[] = R"(
def forward(self, x: Tensor) -> Tensor:
    x = (x - self.scaler_mean) / self.scaler_deviation
    zero1 = torch.zeros([1, x.size(0), self.lstm1_weight_hh.size(1)])
    y1, h1, c1 = torch.lstm(x, [zero1, zero1], [self.lstm1_weight_ih, self.lstm1_weight_hh, self.lstm1_bias_ih, self.lstm1_bias_hh], True, 1, 0.0, False, False, True)
    zero2 = torch.zeros([1, x.size(0), self.lstm2_weight_hh.size(1)])
    y2, h2, c2 = torch.lstm(y1, [zero2, zero2], [self.lstm2_weight_ih, self.lstm2_weight_hh, self.lstm2_bias_ih, self.lstm2_bias_hh], True, 1, 0.0, False, False, True)
    z = torch.relu(torch.linear(y2[:, -1], self.dense_weight, self.dense_bias))
    return torch.linear(z, self.output_weight, self.output_bias)
)";

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

at::Tensor FloatTensor(const std::vector<double>& values) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(values.size())}, at::kFloat);
  std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<float>());
  return tensor;
}

std::vector<float> Values(const at::Tensor& tensor) {
  const at::Tensor dense = tensor.detach().contiguous();
  const float* const first = dense.const_data_ptr<float>();
  return std::vector<float>(first, first + dense.numel());
}

// Adam with the usual moments; one tensor's state.
struct AdamState {
  std::vector<float> mean, variance;

  void Step(at::Tensor& weight, double learning_rate, int64_t step) {
    constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
    const at::Tensor gradient = weight.grad().contiguous();
    const float* const g = gradient.const_data_ptr<float>();
    float* const w = weight.mutable_data_ptr<float>();
    const auto rate = static_cast<float>(learning_rate * std::sqrt(1 - std::pow(kBeta2, step)) /
                                         (1 - std::pow(kBeta1, step)));
    for (size_t i = 0; i < mean.size(); ++i) {
      mean[i] = 0.9f * mean[i] + 0.1f * g[i];
      variance[i] = 0.999f * variance[i] + 0.001f * g[i] * g[i];
      w[i] -= rate * mean[i] / (std::sqrt(variance[i]) + 1e-8f);
    }
    weight.mutable_grad().reset();
  }
};

}  // namespace

struct LstmNetwork::State {
  const Dataset& data;
  const LstmOptions options;
  at::Tensor mean, deviation;
  std::array<at::Tensor, kWeights> weights;
  std::mt19937_64 random;
  at::Generator dropout_random;

  State(const Dataset& dataset, const features::Scaler& scaler, const LstmOptions& o)
      : data(dataset),
        options(o),
        mean(FloatTensor(scaler.mean)),
        deviation(FloatTensor(scaler.deviation)),
        random(o.seed),
        dropout_random(at::make_generator<at::CPUGeneratorImpl>(o.seed)) {
    const auto columns = static_cast<int64_t>(data.columns());
    InitializeLstm(kIn1, columns, o.hidden1);
    InitializeLstm(kIn2, o.hidden1, o.hidden2);
    Initialize(kDense, {o.dense, o.hidden2}, o.hidden2);
    Initialize(kDenseBias, {o.dense}, o.hidden2);
    Initialize(kOut, {o.classes, o.dense}, o.dense);
    Initialize(kOutBias, {o.classes}, o.dense);
  }

  void InitializeLstm(int first, int64_t inputs, int64_t hidden) {
    Initialize(first, {4 * hidden, inputs}, hidden);
    Initialize(first + 1, {4 * hidden, hidden}, hidden);
    Initialize(first + 2, {4 * hidden}, hidden);
    Initialize(first + 3, {4 * hidden}, hidden);
  }

  // Uniform in +-1/sqrt(fan_in).
  void Initialize(int weight, at::IntArrayRef shape, int64_t fan_in) {
    const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
    at::Tensor tensor = at::empty(shape, at::kFloat);
    float* const values = tensor.mutable_data_ptr<float>();
    for (int64_t i = 0; i < tensor.numel(); ++i) {
      const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
      values[i] = static_cast<float>(bound * (2 * unit - 1));
    }
    weights[static_cast<size_t>(weight)] = tensor.set_requires_grad(true);
  }

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

  at::Tensor Lstm(const at::Tensor& x, int first, bool train) const {
    const auto f = static_cast<size_t>(first);
    const at::Tensor zero = at::zeros({1, x.size(0), weights[f + 1].size(1)}, at::kFloat);
    return std::get<0>(at::lstm(x, {zero, zero},
                                {weights[f], weights[f + 1], weights[f + 2], weights[f + 3]},
                                /*has_biases=*/true, /*num_layers=*/1, /*dropout=*/0.0, train,
                                /*bidirectional=*/false, /*batch_first=*/true));
  }

  at::Tensor Dropout(const at::Tensor& x, double share, bool train) {
    if (!train || share <= 0) return x;
    at::Tensor kept = at::empty(x.sizes(), x.options().requires_grad(false));
    kept.bernoulli_(1 - share, dropout_random).div_(1 - share);
    return x * kept;
  }

  at::Tensor Forward(const at::Tensor& windows, bool train) {
    at::Tensor x = (windows - mean) / deviation;
    x = Dropout(Lstm(x, kIn1, train), options.dropout1, train);
    x = Dropout(Lstm(x, kIn2, train).select(1, -1), options.dropout2, train);
    x = at::relu(at::linear(x, weights[kDense], weights[kDenseBias]));
    return at::linear(Dropout(x, options.dropout3, train), weights[kOut], weights[kOutBias]);
  }

  // Mean loss and accuracy without dropout.
  std::pair<double, double> Evaluate(absl::Span<const Sample> samples) {
    const c10::NoGradGuard no_gradients;
    double loss = 0, right = 0;
    for (size_t i = 0; i < samples.size(); i += 256) {
      const absl::Span<const Sample> batch = samples.subspan(i, 256);
      const at::Tensor targets = Targets(batch);
      const at::Tensor logits = Forward(Gather(batch), false);
      loss += at::cross_entropy_loss(logits, targets).item<double>() *
              static_cast<double>(batch.size());
      right += (logits.argmax(1) == targets).sum().item<double>();
    }
    const auto count = static_cast<double>(samples.size());
    return {loss / count, right / count};
  }

  // One pass over the samples; the mean training loss.
  absl::StatusOr<double> Epoch(std::vector<Sample>& samples, std::array<AdamState, kWeights>& adam,
                               double rate, int64_t& step,
                               const std::function<bool()>& is_cancelled) {
    for (size_t i = samples.size(); i > 1; --i) std::swap(samples[i - 1], samples[random() % i]);
    const auto size = static_cast<size_t>(options.batch);
    double sum = 0;
    for (size_t i = 0; i < samples.size(); i += size) {
      if (is_cancelled && is_cancelled()) return absl::CancelledError("training was cancelled");
      const auto batch = absl::MakeConstSpan(samples).subspan(i, size);
      const at::Tensor loss = at::cross_entropy_loss(Forward(Gather(batch), true), Targets(batch));
      const double value = loss.item<double>();
      if (!std::isfinite(value)) {
        return absl::InternalError(absl::StrCat("the training loss is ", value, ", not finite"));
      }
      sum += value * static_cast<double>(batch.size());
      loss.backward();
      ++step;
      for (size_t w = 0; w < kWeights; ++w) adam[w].Step(weights[w], rate, step);
    }
    return sum / static_cast<double>(samples.size());
  }

  absl::StatusOr<FitSummary> Fit(absl::Span<const Sample> fit, absl::Span<const Sample> stop,
                                 base::Clock& clock, const EpochCallback& on_epoch,
                                 const std::function<bool()>& is_cancelled) {
    std::vector<Sample> samples(fit.begin(), fit.end());
    std::array<AdamState, kWeights> adam;
    std::array<std::vector<float>, kWeights> best;
    for (size_t w = 0; w < kWeights; ++w) {
      const auto size = static_cast<size_t>(weights[w].numel());
      adam[w] = {std::vector<float>(size), std::vector<float>(size)};
      best[w] = Values(weights[w]);
    }
    FitSummary summary;
    summary.best_loss = std::numeric_limits<double>::infinity();
    double rate = options.learning_rate;
    int64_t step = 0;
    int rate_epoch = 0;  // the epoch of the last gain or halving
    for (int epoch = 1; epoch <= options.max_epochs; ++epoch) {
      const absl::Time start = clock.Now();
      EpochReport report;
      report.epoch = summary.epochs = epoch;
      report.learning_rate = rate;
      AIFX_ASSIGN_OR_RETURN(report.train_loss, Epoch(samples, adam, rate, step, is_cancelled));
      std::tie(report.validation_loss, report.validation_accuracy) = Evaluate(stop);
      report.best = report.validation_loss < summary.best_loss;
      if (report.best) {
        summary.best_loss = report.validation_loss;
        summary.best_epoch = rate_epoch = epoch;
        for (size_t w = 0; w < kWeights; ++w) best[w] = Values(weights[w]);
      } else if (epoch - rate_epoch >= options.lr_patience) {
        rate = std::max(rate / 2, options.min_learning_rate);
        rate_epoch = epoch;
      }
      report.duration = clock.Now() - start;
      if (on_epoch) on_epoch(report);
      if (epoch - summary.best_epoch >= options.patience) break;
    }
    for (size_t w = 0; w < kWeights; ++w) {
      std::copy(best[w].begin(), best[w].end(), weights[w].mutable_data_ptr<float>());
    }
    return summary;
  }

  absl::StatusOr<std::vector<double>> Importance(absl::Span<const Sample> samples) {
    std::vector<double> shares(data.columns(), 0.0);
    for (size_t i = 0; i < samples.size(); i += 128) {
      const at::Tensor windows = Gather(samples.subspan(i, 128)).set_requires_grad(true);
      // oneDNN's LSTM keeps what its backward needs only where it is told that it trains; without
      // dropout that changes no value.
      at::Tensor x = Lstm((windows - mean) / deviation, kIn1, true);
      x = Lstm(x, kIn2, true).select(1, -1);
      x = at::relu(at::linear(x, weights[kDense], weights[kDenseBias]));
      const at::Tensor logits = at::linear(x, weights[kOut], weights[kOutBias]);
      (logits.select(1, -1) - logits.select(1, 0)).sum().backward();
      const at::Tensor effect = (windows.grad() * (windows.detach() - mean)).abs();
      const std::vector<float> sums = Values(effect.sum(at::IntArrayRef({0, 1})));
      for (size_t c = 0; c < shares.size(); ++c) shares[c] += sums[c];
    }
    for (at::Tensor& weight : weights) weight.mutable_grad().reset();
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
  return Guarded<std::string>([&]() -> absl::StatusOr<std::string> {
    std::vector<model::NamedTensor> tensors = {
        {"scaler_mean", state_->mean.sizes().vec(), Values(state_->mean), false},
        {"scaler_deviation", state_->deviation.sizes().vec(), Values(state_->deviation), false}};
    for (size_t w = 0; w < kWeights; ++w) {
      tensors.push_back(
          {kNames[w], state_->weights[w].sizes().vec(), Values(state_->weights[w]), true});
    }
    return model::WriteTorchScript(tensors, kProgram);
  });
}

absl::StatusOr<std::vector<double>> LstmNetwork::Importance(
    absl::Span<const Sample> samples) const {
  return Guarded<std::vector<double>>([&] { return state_->Importance(samples); });
}

}  // namespace aifx::training
