#include "core/model/lstm_weights.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"

namespace aifx::model {

const char kLstmProgram[] = R"(
def forward(self, x: Tensor) -> Tensor:
    x = (x - self.scaler_mean) / self.scaler_deviation
    zero1 = torch.zeros([1, x.size(0), self.lstm1_weight_hh.size(1)])
    y1, h1, c1 = torch.lstm(x, [zero1, zero1], [self.lstm1_weight_ih, self.lstm1_weight_hh, self.lstm1_bias_ih, self.lstm1_bias_hh], True, 1, 0.0, False, False, True)
    zero2 = torch.zeros([1, x.size(0), self.lstm2_weight_hh.size(1)])
    y2, h2, c2 = torch.lstm(y1, [zero2, zero2], [self.lstm2_weight_ih, self.lstm2_weight_hh, self.lstm2_bias_ih, self.lstm2_bias_hh], True, 1, 0.0, False, False, True)
    z = torch.relu(torch.linear(y2[:, -1], self.dense_weight, self.dense_bias))
    return torch.linear(z, self.output_weight, self.output_bias)
)";

namespace {

using Shape = std::vector<int64_t>;

absl::StatusOr<const NamedTensor*> Find(absl::Span<const NamedTensor> tensors,
                                        const std::string& name, size_t dimensions) {
  for (const NamedTensor& tensor : tensors) {
    if (tensor.name != name) continue;
    if (tensor.shape.size() == dimensions) return &tensor;
    return absl::FailedPreconditionError(absl::StrCat("tensor ", name, " has ", tensor.shape.size(),
                                                      " dimensions instead of ", dimensions));
  }
  return absl::FailedPreconditionError(absl::StrCat("the archive has no tensor ", name));
}

absl::StatusOr<std::vector<float>> Take(absl::Span<const NamedTensor> tensors,
                                        const std::string& name, const Shape& shape) {
  AIFX_ASSIGN_OR_RETURN(const NamedTensor* tensor, Find(tensors, name, shape.size()));
  if (tensor->shape == shape) return tensor->values;
  return absl::FailedPreconditionError(
      absl::StrCat("tensor ", name, " has shape [", absl::StrJoin(tensor->shape, ", "),
                   "] instead of [", absl::StrJoin(shape, ", "), "]"));
}

absl::StatusOr<LstmLayerWeights> Layer(absl::Span<const NamedTensor> tensors,
                                       const std::string& prefix, size_t inputs) {
  AIFX_ASSIGN_OR_RETURN(const NamedTensor* recurrent, Find(tensors, prefix + "_weight_hh", 2));
  LstmLayerWeights layer;
  layer.inputs = inputs;
  layer.hidden = static_cast<size_t>(recurrent->shape[1]);
  const int64_t gates = 4 * recurrent->shape[1];
  AIFX_ASSIGN_OR_RETURN(layer.recurrent,
                        Take(tensors, recurrent->name, {gates, recurrent->shape[1]}));
  AIFX_ASSIGN_OR_RETURN(
      layer.input, Take(tensors, prefix + "_weight_ih", {gates, static_cast<int64_t>(inputs)}));
  AIFX_ASSIGN_OR_RETURN(layer.bias, Take(tensors, prefix + "_bias_ih", {gates}));
  AIFX_ASSIGN_OR_RETURN(const std::vector<float> second,
                        Take(tensors, prefix + "_bias_hh", {gates}));
  for (size_t i = 0; i < second.size(); ++i) layer.bias[i] += second[i];
  return layer;
}

absl::StatusOr<DenseWeights> Dense(absl::Span<const NamedTensor> tensors, const std::string& prefix,
                                   size_t inputs) {
  AIFX_ASSIGN_OR_RETURN(const NamedTensor* bias, Find(tensors, prefix + "_bias", 1));
  DenseWeights dense;
  dense.inputs = inputs;
  dense.outputs = bias->values.size();
  dense.bias = bias->values;
  AIFX_ASSIGN_OR_RETURN(dense.weight, Take(tensors, prefix + "_weight",
                                           {bias->shape[0], static_cast<int64_t>(inputs)}));
  return dense;
}

}  // namespace

absl::StatusOr<LstmWeights> LstmWeightsOf(absl::Span<const NamedTensor> tensors) {
  LstmWeights weights;
  AIFX_ASSIGN_OR_RETURN(const NamedTensor* mean, Find(tensors, "scaler_mean", 1));
  weights.scaler_mean = mean->values;
  AIFX_ASSIGN_OR_RETURN(weights.scaler_deviation, Take(tensors, "scaler_deviation", mean->shape));
  AIFX_ASSIGN_OR_RETURN(weights.layer1, Layer(tensors, "lstm1", mean->values.size()));
  AIFX_ASSIGN_OR_RETURN(weights.layer2, Layer(tensors, "lstm2", weights.layer1.hidden));
  AIFX_ASSIGN_OR_RETURN(weights.dense, Dense(tensors, "dense", weights.layer2.hidden));
  AIFX_ASSIGN_OR_RETURN(weights.output, Dense(tensors, "output", weights.dense.outputs));
  return weights;
}

std::vector<NamedTensor> TensorsOf(const LstmWeights& weights) {
  const auto size = [](size_t value) { return static_cast<int64_t>(value); };
  const int64_t features = size(weights.scaler_mean.size());
  std::vector<NamedTensor> tensors = {
      {"scaler_mean", {features}, weights.scaler_mean, false},
      {"scaler_deviation", {features}, weights.scaler_deviation, false}};
  const auto add_layer = [&](const std::string& name, const LstmLayerWeights& layer) {
    const int64_t gates = 4 * size(layer.hidden);
    tensors.push_back({name + "_weight_ih", {gates, size(layer.inputs)}, layer.input});
    tensors.push_back({name + "_weight_hh", {gates, size(layer.hidden)}, layer.recurrent});
    tensors.push_back({name + "_bias_ih", {gates}, layer.bias});
    tensors.push_back({name + "_bias_hh", {gates}, std::vector<float>(layer.bias.size(), 0.0f)});
  };
  const auto add_dense = [&](const std::string& name, const DenseWeights& dense) {
    tensors.push_back({name + "_weight", {size(dense.outputs), size(dense.inputs)}, dense.weight});
    tensors.push_back({name + "_bias", {size(dense.outputs)}, dense.bias});
  };
  add_layer("lstm1", weights.layer1);
  add_layer("lstm2", weights.layer2);
  add_dense("dense", weights.dense);
  add_dense("output", weights.output);
  return tensors;
}

}  // namespace aifx::model
