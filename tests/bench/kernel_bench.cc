// The bare forward pass of the weekly model's network (60 x 38 -> LSTM 128 -> LSTM 64 -> 32 -> 3)
// by kernel and batch, beside LibTorch on the same weights, in one run and by turns.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "core/features/feature_set.h"
#include "core/model/lstm_kernel.h"
#include "core/model/lstm_weights.h"
#include "core/model/model.h"
#include "core/model/torchscript_archive.h"
#include "core/model/torchscript_runtime.h"
#include "tests/support/random_lstm.h"
#include "tests/support/tiny_model.h"

namespace aifx::bench {
namespace {

constexpr size_t kSequence = 60;
constexpr size_t kFeatures = 38;
constexpr size_t kClasses = 3;
constexpr size_t kBatches[] = {1, 4, 16, 64};

using Forward = std::function<void(const float* windows, size_t batch, float* logits)>;

struct Engine {
  std::string name;
  Forward forward;
  std::vector<double> medians[std::size(kBatches)];  // of each round, microseconds a row
};

// LSTMs at their start: uniform within 1 / sqrt(hidden), as PyTorch makes them.
model::LstmWeights Network() {
  testing::RandomLstm random;
  model::LstmWeights weights = random.Network({"weekly", kFeatures, 128, 64, 32, kClasses});
  for (model::LstmLayerWeights* layer : {&weights.layer1, &weights.layer2}) {
    const float bound = 1 / std::sqrt(static_cast<float>(layer->hidden));
    layer->input = random.Values(layer->input.size(), bound);
    layer->recurrent = random.Values(layer->recurrent.size(), bound);
    layer->bias = random.Values(layer->bias.size(), bound);
  }
  weights.scaler_mean.assign(kFeatures, 0.0f);
  weights.scaler_deviation.assign(kFeatures, 1.0f);
  return weights;
}

absl::StatusOr<std::shared_ptr<const model::Model>> OpenWithLibTorch(
    const model::LstmWeights& weights) {
  const auto archive = model::WriteTorchScript(model::TensorsOf(weights), model::kLstmProgram);
  if (!archive.ok()) return archive.status();
  model::Manifest manifest = testing::MakeTinyModel(20180612100000, kSequence).manifest;
  manifest.features = kFeatures;
  return model::OpenTorchScript(std::move(manifest), *archive, features::DefaultFeatureSet());
}

double MedianMicroseconds(double seconds, const std::function<void()>& function) {
  std::vector<double> times;
  const int64_t end = absl::GetCurrentTimeNanos() + static_cast<int64_t>(seconds * 1e9);
  for (int64_t now = absl::GetCurrentTimeNanos(); now < end;) {
    function();
    const int64_t after = absl::GetCurrentTimeNanos();
    times.push_back(static_cast<double>(after - now) / 1000);
    now = after;
  }
  std::nth_element(times.begin(), times.begin() + static_cast<ptrdiff_t>(times.size() / 2),
                   times.end());
  return times[times.size() / 2];
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int Main(int argc, char** argv) {
  int rounds = 5;
  double seconds = 0.5;
  CLI::App app("bare forward pass by kernel and batch");
  app.add_option("--rounds", rounds, "rounds of all points, by turns")->check(CLI::Range(1, 1000));
  app.add_option("--seconds", seconds, "of each point in each round")
      ->check(CLI::Range(0.01, 60.0));
  // Smoke runs pass Google Benchmark's flag to every benchmark.
  std::string min_time;
  app.add_option("--benchmark_min_time", min_time, "Where given: one round of moments");
  CLI11_PARSE(app, argc, argv);
  if (!min_time.empty()) {
    rounds = 1;
    seconds = 0.01;
  }

  model::SetTensorThreads(1);
  const model::LstmWeights weights = Network();
  const auto libtorch = OpenWithLibTorch(weights);
  if (!libtorch.ok()) {
    std::fprintf(stderr, "%s\n", libtorch.status().ToString().c_str());
    return 1;
  }
  std::vector<Engine> engines;
  std::vector<std::unique_ptr<model::LstmKernel>> kernels;
  for (const auto& [name, precision] : {std::pair("lstm-f32-", model::Precision::kFloat32),
                                        std::pair("lstm-bf16-", model::Precision::kBfloat16),
                                        std::pair("lstm-int8-", model::Precision::kInt8)}) {
    const model::LstmKernel* kernel =
        kernels.emplace_back(std::make_unique<model::LstmKernel>(weights, precision)).get();
    engines.push_back({name + kernel->instruction_set(),
                       [kernel](const float* windows, size_t batch, float* logits) {
                         kernel->Run(windows, batch, kSequence, logits);
                       }});
  }
  engines.push_back(
      {"LibTorch, TorchScript", [&](const float* windows, size_t batch, float* logits) {
         const size_t window = kSequence * kFeatures;
         static_cast<void>(
             (*libtorch)->Run({{windows, batch * window}, batch}, {logits, batch * kClasses}));
       }});

  testing::RandomLstm random;
  const std::vector<float> windows = random.Values(64 * kSequence * kFeatures, 3);
  std::vector<float> logits(64 * kClasses), exact(64 * kClasses);
  for (int round = 0; round < rounds; ++round) {
    for (size_t b = 0; b < std::size(kBatches); ++b) {
      for (Engine& engine : engines) {
        const double each = MedianMicroseconds(
            seconds, [&] { engine.forward(windows.data(), kBatches[b], logits.data()); });
        engine.medians[b].push_back(each / static_cast<double>(kBatches[b]));
      }
    }
  }
  engines.back().forward(windows.data(), 64, exact.data());
  std::printf("| microseconds a row | B=1 | B=4 | B=16 | B=64 | largest logit difference |\n");
  std::printf("|---|---|---|---|---|---|\n");
  for (const Engine& engine : engines) {
    engine.forward(windows.data(), 64, logits.data());
    double difference = 0;
    for (size_t i = 0; i < logits.size(); ++i) {
      difference = std::max<double>(difference, std::abs(logits[i] - exact[i]));
    }
    std::printf("| %s |", engine.name.c_str());
    for (const auto& medians : engine.medians) std::printf(" %.1f |", Median(medians));
    std::printf(" %.1e |\n", difference);
  }
  return 0;
}

}  // namespace
}  // namespace aifx::bench

int main(int argc, char** argv) { return aifx::bench::Main(argc, argv); }
