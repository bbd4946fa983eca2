#ifndef AIFX_TESTS_SUPPORT_RANDOM_LSTM_H_
#define AIFX_TESTS_SUPPORT_RANDOM_LSTM_H_

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "core/model/lstm_weights.h"

namespace aifx::testing {

struct LstmShape {
  std::string name;
  size_t features, hidden1, hidden2, dense, classes;
};

// Networks and windows with random values, the same in every run.
class RandomLstm {
 public:
  std::vector<float> Values(size_t count, float bound) {
    std::vector<float> values(count);
    for (float& value : values) value = bound * (static_cast<float>(random_()) * 0x1p-31f - 1);
    return values;
  }

  model::LstmLayerWeights Layer(size_t inputs, size_t hidden) {
    return {inputs, hidden, Values(4 * hidden * inputs, 0.8f), Values(4 * hidden * hidden, 0.3f),
            Values(4 * hidden, 0.5f)};
  }

  model::DenseWeights Dense(size_t inputs, size_t outputs) {
    return {inputs, outputs, Values(inputs * outputs, 0.5f), Values(outputs, 0.5f)};
  }

  model::LstmWeights Network(const LstmShape& shape) {
    model::LstmWeights weights;
    weights.scaler_mean = Values(shape.features, 1);
    weights.scaler_deviation.assign(shape.features, 1.5f);
    weights.layer1 = Layer(shape.features, shape.hidden1);
    weights.layer2 = Layer(shape.hidden1, shape.hidden2);
    weights.dense = Dense(shape.hidden2, shape.dense);
    weights.output = Dense(shape.dense, shape.classes);
    return weights;
  }

 private:
  std::mt19937 random_{7};
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_RANDOM_LSTM_H_
