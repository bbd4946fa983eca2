#include "tests/bench/bench_model.h"

#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "core/features/feature_set.h"
#include "core/model/lstm_runtime.h"
#include "core/model/torchscript_runtime.h"
#include "core/training/train.h"
#include "tests/bench/closed_loop.h"
#include "tests/support/fake_training_ports.h"
#include "tests/support/sample_data.h"

namespace aifx::bench {
namespace {

constexpr size_t kTrainCandles = 1500;

}  // namespace

absl::StatusOr<int64_t> TrainModel(const model::ModelStore& store) {
  std::vector<market::Candle> candles = testing::SampleCandles();
  candles.erase(candles.begin(), candles.end() - kTrainCandles);
  training::TrainSpec spec{.pair = testing::SamplePair()};
  spec.start = candles.front().open_time;
  spec.end = candles.back().open_time + absl::Hours(1);
  spec.max_epochs = 1;
  testing::FakeCandleSource source(std::move(candles));
  testing::FakeBackend backend;
  const auto report =
      training::TrainWeekly(spec, {source, store, backend, backend, base::SystemClock()}, {}, {});
  if (!report.ok()) return report.status();
  return report->version;
}

absl::StatusOr<std::shared_ptr<const model::Model>> OpenWithLibTorch(const model::ModelStore& store,
                                                                     const model::Model& model) {
  model::Manifest manifest = model.manifest();
  const auto archive = store.ReadChecked(manifest, model::kTorchScriptFile);
  if (!archive.ok()) return archive.status();
  const auto set = features::FindFeatureSet(manifest.feature_set);
  if (!set.ok()) return set.status();
  manifest.runtime = model::kTorchScriptRuntime;
  return model::OpenArchive(std::move(manifest), *archive, **set);
}

double MedianMicroseconds(double seconds, const std::function<void()>& function) {
  Latencies latencies;
  const int64_t end = absl::GetCurrentTimeNanos() + static_cast<int64_t>(seconds * 1e9);
  while (absl::GetCurrentTimeNanos() < end) {
    const int64_t start = absl::GetCurrentTimeNanos();
    function();
    latencies.nanoseconds.push_back(absl::GetCurrentTimeNanos() - start);
  }
  return latencies.Microseconds(0.5);
}

double ForwardMicroseconds(const model::Model& model, size_t batch, double seconds) {
  const model::Manifest& manifest = model.manifest();
  const std::vector<float> windows(
      batch * static_cast<size_t>(manifest.sequence * manifest.features), 0.1f);
  std::vector<float> logits(batch * manifest.classes.size());
  return MedianMicroseconds(seconds, [&] {
    if (!model.Run({windows, batch}, absl::MakeSpan(logits)).ok()) std::abort();
  });
}

double FeaturesMicroseconds(const model::Model& model, double seconds) {
  const features::FeatureSet& set = **features::FindFeatureSet(model.manifest().feature_set);
  const std::vector<market::Candle> all = testing::SampleCandles();
  const auto candles = absl::MakeConstSpan(all).last(
      set.CandlesNeeded(static_cast<size_t>(model.manifest().sequence)));
  features::FeatureMatrix matrix;
  return MedianMicroseconds(seconds, [&] {
    if (!set.Build(candles, matrix).ok()) std::abort();
  });
}

}  // namespace aifx::bench
