#include "core/model/lstm_weights.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"

namespace aifx::model {
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

}  // namespace aifx::model
