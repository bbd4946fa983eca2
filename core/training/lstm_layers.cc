#include "core/training/lstm_layers.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/model/lstm_weights.h"
#include "core/model/torchscript_archive.h"

namespace aifx::training {
namespace {

constexpr std::array<const char*, LstmLayers::kWeights> kNames = {
    "lstm1_weight_ih", "lstm1_weight_hh", "lstm1_bias_ih", "lstm1_bias_hh",
    "lstm2_weight_ih", "lstm2_weight_hh", "lstm2_bias_ih", "lstm2_bias_hh",
    "dense_weight",    "dense_bias",      "output_weight", "output_bias"};

at::Tensor FloatTensor(const std::vector<double>& values) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(values.size())}, at::kFloat);
  std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<float>());
  return tensor;
}

}  // namespace

std::vector<float> Values(const at::Tensor& tensor) {
  const at::Tensor dense = tensor.detach().contiguous();
  const float* const first = dense.const_data_ptr<float>();
  return std::vector<float>(first, first + dense.numel());
}

LstmLayers::LstmLayers(const features::Scaler& scaler, const LstmOptions& options,
                       std::mt19937_64& random)
    : options_(options),
      mean_(FloatTensor(scaler.mean)),
      deviation_(FloatTensor(scaler.deviation)),
      dropout_random_(at::make_generator<at::CPUGeneratorImpl>(options.seed)) {
  const LstmOptions& o = options_;
  InitializeLstm(kIn1, mean_.numel(), o.hidden1, random);
  InitializeLstm(kIn2, o.hidden1, o.hidden2, random);
  Initialize(kDense, {o.dense, o.hidden2}, o.hidden2, random);
  Initialize(kDenseBias, {o.dense}, o.hidden2, random);
  Initialize(kOut, {o.classes, o.dense}, o.dense, random);
  Initialize(kOutBias, {o.classes}, o.dense, random);
}

void LstmLayers::InitializeLstm(int first, int64_t inputs, int64_t hidden,
                                std::mt19937_64& random) {
  Initialize(first, {4 * hidden, inputs}, hidden, random);
  Initialize(first + 1, {4 * hidden, hidden}, hidden, random);
  Initialize(first + 2, {4 * hidden}, hidden, random);
  Initialize(first + 3, {4 * hidden}, hidden, random);
}

void LstmLayers::Initialize(int weight, at::IntArrayRef shape, int64_t fan_in,
                            std::mt19937_64& random) {
  const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
  at::Tensor tensor = at::empty(shape, at::kFloat);
  float* const values = tensor.mutable_data_ptr<float>();
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
    values[i] = static_cast<float>(bound * (2 * unit - 1));
  }
  weights_[static_cast<size_t>(weight)] = tensor.set_requires_grad(true);
}

at::Tensor LstmLayers::Lstm(const at::Tensor& x, int first, bool train) const {
  const auto f = static_cast<size_t>(first);
  const at::Tensor zero = at::zeros({1, x.size(0), weights_[f + 1].size(1)}, at::kFloat);
  return std::get<0>(at::lstm(x, {zero, zero},
                              {weights_[f], weights_[f + 1], weights_[f + 2], weights_[f + 3]},
                              /*has_biases=*/true, /*num_layers=*/1, /*dropout=*/0.0, train,
                              /*bidirectional=*/false, /*batch_first=*/true));
}

at::Tensor LstmLayers::Dropout(const at::Tensor& x, double share, bool train) {
  if (!train || share <= 0) return x;
  at::Tensor kept = at::empty(x.sizes(), x.options().requires_grad(false));
  kept.bernoulli_(1 - share, dropout_random_).div_(1 - share);
  return x * kept;
}

at::Tensor LstmLayers::Forward(const at::Tensor& windows, Pass pass) {
  const bool keeps = pass != Pass::kEvaluate;  // what a backward pass needs
  const bool drops = pass == Pass::kTrain;
  at::Tensor x = (windows - mean_) / deviation_;
  x = Dropout(Lstm(x, kIn1, keeps), options_.dropout1, drops);
  x = Dropout(Lstm(x, kIn2, keeps).select(1, -1), options_.dropout2, drops);
  x = at::relu(at::linear(x, weights_[kDense], weights_[kDenseBias]));
  return at::linear(Dropout(x, options_.dropout3, drops), weights_[kOut], weights_[kOutBias]);
}

absl::StatusOr<std::string> LstmLayers::Archive() const {
  std::vector<model::NamedTensor> tensors = {
      {"scaler_mean", mean_.sizes().vec(), Values(mean_), false},
      {"scaler_deviation", deviation_.sizes().vec(), Values(deviation_), false}};
  for (size_t w = 0; w < kWeights; ++w) {
    tensors.push_back({kNames[w], weights_[w].sizes().vec(), Values(weights_[w]), true});
  }
  return model::WriteTorchScript(tensors, model::kLstmProgram);
}

}  // namespace aifx::training
