#include "core/model/lstm_kernel.h"

#include <hwy/targets.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace aifx::model {
namespace {

constexpr size_t kSequence = 12;

struct Shape {
  std::string name;
  size_t features, hidden1, hidden2, dense, classes;
};

// Widths that fill vectors, and widths that leave some of every vector over.
const Shape kShapes[] = {{"whole vectors", 24, 128, 64, 32, 3},
                         {"two groups", 7, 32, 32, 16, 2},
                         {"odd", 5, 37, 19, 9, 3},
                         {"one unit", 1, 1, 1, 1, 2}};

class Maker {
 public:
  std::vector<float> Values(size_t count, float bound) {
    std::vector<float> values(count);
    for (float& value : values) value = bound * (static_cast<float>(random_()) * 0x1p-31f - 1);
    return values;
  }

  LstmLayerWeights Layer(size_t inputs, size_t hidden) {
    return {inputs, hidden, Values(4 * hidden * inputs, 0.8f), Values(4 * hidden * hidden, 0.3f),
            Values(4 * hidden, 0.5f)};
  }

  DenseWeights Dense(size_t inputs, size_t outputs) {
    return {inputs, outputs, Values(inputs * outputs, 0.5f), Values(outputs, 0.5f)};
  }

  LstmWeights Network(const Shape& shape) {
    LstmWeights weights;
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

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// The same network by the textbook in double precision.
std::vector<std::vector<double>> Layer(const LstmLayerWeights& layer,
                                       const std::vector<std::vector<double>>& inputs) {
  const size_t hidden = layer.hidden;
  std::vector<double> output(hidden), cell(hidden), gates(4 * hidden);
  std::vector<std::vector<double>> outputs;
  for (const std::vector<double>& input : inputs) {
    for (size_t row = 0; row < gates.size(); ++row) {
      gates[row] = layer.bias[row];
      for (size_t k = 0; k < input.size(); ++k) {
        gates[row] += layer.input[row * input.size() + k] * input[k];
      }
      for (size_t k = 0; k < hidden; ++k) {
        gates[row] += layer.recurrent[row * hidden + k] * output[k];
      }
    }
    for (size_t u = 0; u < hidden; ++u) {
      cell[u] = Sigmoid(gates[hidden + u]) * cell[u] +
                Sigmoid(gates[u]) * std::tanh(gates[2 * hidden + u]);
      output[u] = Sigmoid(gates[3 * hidden + u]) * std::tanh(cell[u]);
    }
    outputs.push_back(output);
  }
  return outputs;
}

std::vector<double> Dense(const DenseWeights& dense, const std::vector<double>& input) {
  std::vector<double> output(dense.bias.begin(), dense.bias.end());
  for (size_t o = 0; o < output.size(); ++o) {
    for (size_t k = 0; k < input.size(); ++k) {
      output[o] += dense.weight[o * input.size() + k] * input[k];
    }
  }
  return output;
}

std::vector<double> Reference(const LstmWeights& weights, const float* window) {
  const size_t features = weights.scaler_mean.size();
  std::vector<std::vector<double>> rows(kSequence, std::vector<double>(features));
  for (size_t t = 0; t < kSequence; ++t) {
    for (size_t c = 0; c < features; ++c) {
      rows[t][c] = (window[t * features + c] - weights.scaler_mean[c]) /
                   static_cast<double>(weights.scaler_deviation[c]);
    }
  }
  std::vector<double> dense =
      Dense(weights.dense, Layer(weights.layer2, Layer(weights.layer1, rows)).back());
  for (double& value : dense) value = std::max(value, 0.0);
  return Dense(weights.output, dense);
}

std::vector<float> Logits(const LstmKernel& kernel, const Shape& shape,
                          const std::vector<float>& windows, size_t batch) {
  std::vector<float> logits(batch * shape.classes);
  kernel.Run(windows.data(), batch, kSequence, logits.data());
  return logits;
}

// Runs the test for every instruction set that was compiled and that this processor has.
class LstmKernelTest : public ::testing::TestWithParam<int64_t> {
 protected:
  LstmKernelTest() { hwy::SetSupportedTargetsForTest(GetParam()); }
  ~LstmKernelTest() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_P(LstmKernelTest, AgreesWithDoublePrecision) {
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(shape.name);
    Maker maker;
    const LstmWeights weights = maker.Network(shape);
    const LstmKernel kernel(weights);
    EXPECT_EQ(kernel.instruction_set(), hwy::TargetName(GetParam()));
    const size_t window = kSequence * shape.features;
    const std::vector<float> windows = maker.Values(7 * window, 4);
    const std::vector<float> logits = Logits(kernel, shape, windows, 7);
    for (size_t b = 0; b < 7; ++b) {
      const std::vector<double> want = Reference(weights, windows.data() + b * window);
      for (size_t c = 0; c < shape.classes; ++c) {
        EXPECT_NEAR(logits[b * shape.classes + c], want[c], 2e-6) << "window " << b;
      }
    }
  }
}

TEST_P(LstmKernelTest, AWindowGivesTheSameBitsInEveryBatch) {
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(shape.name);
    Maker maker;
    const LstmKernel kernel(maker.Network(shape));
    const size_t window = kSequence * shape.features;
    const std::vector<float> windows = maker.Values(20 * window, 4);
    const std::vector<float> all = Logits(kernel, shape, windows, 20);
    for (size_t batch = 1; batch < 20; ++batch) {
      const std::vector<float> some = Logits(kernel, shape, windows, batch);
      EXPECT_THAT(some, ::testing::ElementsAreArray(all.data(), some.size())) << batch;
    }
    const std::vector<float> last(windows.end() - static_cast<ptrdiff_t>(window), windows.end());
    EXPECT_THAT(Logits(kernel, shape, last, 1),
                ::testing::ElementsAreArray(all.data() + 19 * shape.classes, shape.classes));
  }
}

TEST_P(LstmKernelTest, LargeInputsSaturateInsteadOfOverflowing) {
  const Shape& shape = kShapes[2];
  Maker maker;
  const LstmWeights weights = maker.Network(shape);
  const LstmKernel kernel(weights);
  const std::vector<float> windows = maker.Values(kSequence * shape.features, 1e6f);
  const std::vector<float> logits = Logits(kernel, shape, windows, 1);
  const std::vector<double> want = Reference(weights, windows.data());
  for (size_t c = 0; c < shape.classes; ++c) EXPECT_NEAR(logits[c], want[c], 1e-5);
}

TEST_P(LstmKernelTest, AWindowThatOverflowsGivesNoNumber) {
  const Shape& shape = kShapes[2];
  Maker maker;
  LstmWeights weights = maker.Network(shape);
  weights.scaler_deviation.assign(shape.features, 0.5f);
  const LstmKernel kernel(weights);
  const size_t window = kSequence * shape.features;
  for (const float value :
       {3e38f, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    for (const size_t at : {size_t{0}, window - 1}) {
      std::vector<float> windows = maker.Values(7 * window, 4);
      const std::vector<float> want = Logits(kernel, shape, windows, 7);
      windows[2 * window + at] = value;
      const std::vector<float> logits = Logits(kernel, shape, windows, 7);
      for (size_t i = 0; i < logits.size(); ++i) {
        const bool is_broken = i / shape.classes == 2;
        EXPECT_TRUE(is_broken ? std::isnan(logits[i]) : logits[i] == want[i])
            << value << " at " << at << ", logit " << i << ": " << logits[i];
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, LstmKernelTest,
                         ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& set) { return hwy::TargetName(set.param); });

TEST(LstmKernelThreadsTest, ThreadsShareAKernel) {
  const Shape& shape = kShapes[1];
  Maker maker;
  const LstmKernel kernel(maker.Network(shape));
  const std::vector<float> windows = maker.Values(3 * kSequence * shape.features, 2);
  const std::vector<float> want = Logits(kernel, shape, windows, 3);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) EXPECT_EQ(Logits(kernel, shape, windows, 3), want);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace aifx::model
