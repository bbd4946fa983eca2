#include "core/model/lstm_kernel.h"

#include <hwy/targets.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "core/model/instruction_sets.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/random_lstm.h"

namespace aifx::model {
namespace {

using ::aifx::testing::LstmShape;
using ::aifx::testing::RandomLstm;

constexpr size_t kSequence = 12;

// Widths that fill vectors, and widths that leave some of every vector over.
const LstmShape kShapes[] = {{"whole vectors", 24, 128, 64, 32, 3},
                             {"two groups", 7, 32, 32, 16, 2},
                             {"odd", 5, 37, 19, 9, 3},
                             {"one unit", 1, 1, 1, 1, 2}};

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

std::vector<float> Logits(const LstmKernel& kernel, const LstmShape& shape,
                          const std::vector<float>& windows, size_t batch) {
  std::vector<float> logits(batch * shape.classes);
  kernel.Run(windows.data(), batch, kSequence, logits.data());
  return logits;
}

struct Variant {
  std::string name;
  int64_t target;
  Precision precision;
  DotProducts dot_products;
  double tolerance;  // largest logit difference from double precision, on the windows below
};

const std::pair<DotProducts, const char*> kDotProducts[] = {{DotProducts::kNone, "Widened"},
                                                            {DotProducts::kVectors, "Vectors"},
                                                            {DotProducts::kTiles, "Tiles"}};

// Every precision on every instruction set that was compiled and that this processor has, with the
// dot products that it has.
std::vector<Variant> Variants() {
  std::vector<Variant> variants;
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    const std::string name = hwy::TargetName(target);
    variants.push_back({name + "Float32", target, Precision::kFloat32, DotProducts::kNone, 2e-6});
    for (const auto& [dots, how] : kDotProducts) {
      // Elsewhere they are the same code, which takes long where vectors are narrow.
      if (dots != DotProducts::kNone && target != HWY_AVX3) continue;
      variants.push_back({name + "Bfloat16" + how, target, Precision::kBfloat16, dots, 0.02});
      variants.push_back({name + "Int8" + how, target, Precision::kInt8, dots, 0.06});
    }
  }
  return variants;
}

class LstmKernelTest : public ::testing::TestWithParam<Variant> {
 protected:
  LstmKernelTest() { hwy::SetSupportedTargetsForTest(GetParam().target); }
  ~LstmKernelTest() override { hwy::SetSupportedTargetsForTest(0); }

  static LstmKernel Kernel(const LstmWeights& weights) {
    return LstmKernel(weights, GetParam().precision, GetParam().dot_products);
  }
};

TEST_P(LstmKernelTest, AgreesWithDoublePrecision) {
  for (const LstmShape& shape : kShapes) {
    SCOPED_TRACE(shape.name);
    RandomLstm maker;
    const LstmWeights weights = maker.Network(shape);
    const LstmKernel kernel = Kernel(weights);
    const size_t window = kSequence * shape.features;
    const std::vector<float> windows = maker.Values(7 * window, 4);
    const std::vector<float> logits = Logits(kernel, shape, windows, 7);
    for (size_t b = 0; b < 7; ++b) {
      const std::vector<double> want = Reference(weights, windows.data() + b * window);
      for (size_t c = 0; c < shape.classes; ++c) {
        EXPECT_NEAR(logits[b * shape.classes + c], want[c], GetParam().tolerance) << "window " << b;
      }
    }
  }
}

TEST_P(LstmKernelTest, AWindowGivesTheSameBitsInEveryBatch) {
  for (const LstmShape& shape : kShapes) {
    SCOPED_TRACE(shape.name);
    RandomLstm maker;
    const LstmKernel kernel = Kernel(maker.Network(shape));
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
  const LstmShape& shape = kShapes[2];
  RandomLstm maker;
  const LstmWeights weights = maker.Network(shape);
  const LstmKernel kernel = Kernel(weights);
  const std::vector<float> windows = maker.Values(kSequence * shape.features, 1e6f);
  const std::vector<float> logits = Logits(kernel, shape, windows, 1);
  const std::vector<double> want = Reference(weights, windows.data());
  for (size_t c = 0; c < shape.classes; ++c)
    EXPECT_NEAR(logits[c], want[c], std::max(1e-5, GetParam().tolerance));
}

TEST_P(LstmKernelTest, AWindowThatOverflowsGivesNoNumber) {
  const LstmShape& shape = kShapes[2];
  RandomLstm maker;
  LstmWeights weights = maker.Network(shape);
  weights.scaler_deviation.assign(shape.features, 0.5f);
  const LstmKernel kernel = Kernel(weights);
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

INSTANTIATE_TEST_SUITE_P(Variants, LstmKernelTest, ::testing::ValuesIn(Variants()),
                         [](const auto& variant) { return variant.param.name; });

TEST(LstmKernelNamesTest, TellTheInstructionsUsed) {
  const LstmShape& shape = kShapes[3];
  const LstmWeights weights = RandomLstm().Network(shape);
  const int64_t best = hwy::SupportedAndGeneratedTargets().front();
  const std::string name = absl::AsciiStrToLower(hwy::TargetName(best));
  EXPECT_EQ(LstmKernel(weights).instruction_set(), name);
  for (const Precision precision : {Precision::kBfloat16, Precision::kInt8}) {
    EXPECT_EQ(LstmKernel(weights, precision, DotProducts::kNone).instruction_set(), name);
  }
#if defined(__x86_64__)
  const bool wide = best == HWY_AVX3;
  const auto set_of = [&](Precision precision, DotProducts dots) {
    return LstmKernel(weights, precision, dots).instruction_set();
  };
  EXPECT_EQ(set_of(Precision::kBfloat16, DotProducts::kVectors),
            wide && __builtin_cpu_supports("avx512bf16") ? "avx512bf16" : name);
  EXPECT_EQ(set_of(Precision::kInt8, DotProducts::kVectors),
            wide && __builtin_cpu_supports("avx512vnni") ? "vnni" : name);
  for (const Precision precision : {Precision::kBfloat16, Precision::kInt8}) {
    EXPECT_EQ(LstmKernel(weights, precision).instruction_set(),
              wide && HasAmx() ? "amx" : set_of(precision, DotProducts::kVectors));
  }
#endif
}

TEST(LstmKernelDotProductsTest, GiveWhatWideningGives) {
  for (const LstmShape& shape : kShapes) {
    SCOPED_TRACE(shape.name);
    RandomLstm maker;
    const LstmWeights weights = maker.Network(shape);
    const std::vector<float> windows = maker.Values(7 * kSequence * shape.features, 4);
    const auto logits = [&](Precision precision, DotProducts dot_products) {
      return Logits(LstmKernel(weights, precision, dot_products), shape, windows, 7);
    };
    const std::vector<float> int8 = logits(Precision::kInt8, DotProducts::kNone);
    const std::vector<float> bfloat16 = logits(Precision::kBfloat16, DotProducts::kNone);
    for (const DotProducts dots : {DotProducts::kVectors, DotProducts::kTiles}) {
      EXPECT_EQ(logits(Precision::kInt8, dots), int8);
      EXPECT_THAT(logits(Precision::kBfloat16, dots),
                  ::testing::Pointwise(::testing::FloatNear(2e-3f), bfloat16));
    }
  }
}

TEST(LstmKernelThreadsTest, ThreadsShareAKernel) {
  const LstmShape& shape = kShapes[1];
  RandomLstm maker;
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
