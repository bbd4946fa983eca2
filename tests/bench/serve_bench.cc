// Predict over loopback beside an empty RPC of the same server and the bare forward pass, all in
// one run and by turns, so that a change of the machine's speed touches each of them.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "core/features/feature_set.h"
#include "core/market/timeframe.h"
#include "core/model/lstm_runtime.h"
#include "core/model/model.h"
#include "core/model/torchscript_runtime.h"
#include "core/training/train.h"
#include "tests/bench/closed_loop.h"
#include "tests/bench/predict_client.h"
#include "tests/bench/server_process.h"
#include "tests/support/fake_training_ports.h"
#include "tests/support/sample_data.h"
#include "tests/support/temporary_folder.h"

namespace aifx::bench {
namespace {

constexpr size_t kTrainCandles = 1500;

struct Options {
  std::string server = "build/release/bin/aifx-server";
  int rounds = 5;
  double seconds = 2;  // of each point in each round
};

// One figure of each round; the median is what counts.
class Series {
 public:
  void Add(double value) { values_.push_back(value); }
  double Median() const { return Quantile(0.5); }
  double Quantile(double q) const {
    std::vector<double> sorted = values_;
    std::sort(sorted.begin(), sorted.end());
    return sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))];
  }

 private:
  std::vector<double> values_;
};

struct RpcSeries {
  Series p50, p99, per_second;
  int64_t errors = 0;
};

struct Figures {
  Series forward_1, forward_64, features;  // microseconds; a row for forward_64
  Series libtorch_1, libtorch_64;          // the same network computed by LibTorch
  RpcSeries empty_1, empty_16, predict_1, predict_16;
};

// The network of the design's figures, trained for one epoch: its speed does not depend on its
// weights.
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

// Median microseconds of one call of `function`, repeated for `seconds`.
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

void Measure(const StartCall& call, int concurrency, double seconds, RpcSeries& series) {
  const Latencies latencies =
      RunClosedLoop(concurrency, absl::Seconds(seconds * 0.2), absl::Seconds(seconds), call);
  series.p50.Add(latencies.Microseconds(0.5));
  series.p99.Add(latencies.Microseconds(0.99));
  series.per_second.Add(latencies.PerSecond());
  series.errors += latencies.errors;
}

void PrintRow(const std::string& name, const RpcSeries& series) {
  std::printf("| %s | %.0f us (%.0f..%.0f) | %.0f us | %.0f | %d |\n", name.c_str(),
              series.p50.Median(), series.p50.Quantile(0), series.p50.Quantile(1),
              series.p99.Median(), series.per_second.Median(), static_cast<int>(series.errors));
}

std::string ProcessorName() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown processor";
}

void Print(const Figures& figures, const ServerProcess& server, int rounds) {
  std::printf("%s, %d rounds, median (least..most)\n\n", ProcessorName().c_str(), rounds);
  std::printf("| what | p50 | p99 | a second | errors |\n|---|---|---|---|---|\n");
  PrintRow("empty RPC (health Check), concurrency 1", figures.empty_1);
  PrintRow("Predict with 120 candles, concurrency 1", figures.predict_1);
  PrintRow("empty RPC (health Check), concurrency 16", figures.empty_16);
  PrintRow("Predict with 120 candles, concurrency 16", figures.predict_16);
  std::printf("\nbare forward, 1 row: %.0f us (%.0f..%.0f); 64 rows: %.0f us a row\n",
              figures.forward_1.Median(), figures.forward_1.Quantile(0),
              figures.forward_1.Quantile(1), figures.forward_64.Median());
  std::printf("LibTorch, 1 row: %.0f us; 64 rows: %.0f us a row\n", figures.libtorch_1.Median(),
              figures.libtorch_64.Median());
  std::printf("features of one request: %.1f us\n", figures.features.Median());
  const double allowed =
      figures.forward_1.Median() + figures.features.Median() + 1.5 * figures.empty_1.p50.Median();
  std::printf("Predict p50 / (forward + features + 1.5 empty RPC): %.0f / %.0f us = %.2f\n",
              figures.predict_1.p50.Median(), allowed, figures.predict_1.p50.Median() / allowed);
  std::printf("start to READY: %.0f ms; resident after the load: %.0f MiB\n",
              absl::ToDoubleMilliseconds(server.start_to_ready()), server.ResidentMiB());
}

absl::Status Run(const Options& options) {
  model::SetTensorThreads(1);
  testing::TemporaryFolder folder;
  const model::ModelStore store(folder.path());
  const auto version = TrainModel(store);
  if (!version.ok()) return version.status();
  model::SetTensorThreads(1);
  const auto model = model::LoadModel(store, "eurusd-1h", *version);
  if (!model.ok()) return model.status();
  const auto libtorch = OpenWithLibTorch(store, **model);
  if (!libtorch.ok()) return libtorch.status();
  const testing::TemporaryFolder outbox;
  auto server = ServerProcess::Start(
      options.server, {"--listen", "127.0.0.1:0", "--models-dir", folder.path(), "--outbox-dir",
                       outbox.path(), "--stale-candles", "warn", "--log-level", "error"});
  if (!server.ok()) return server.status();

  // Never destroyed: gRPC 1.51 now and then aborts when the last channel goes while one of its own
  // threads is still leaving a callback (ref_counted.h, prior > 0).
  PredictClient& client = *new PredictClient(server->address());
  Figures figures;
  for (int round = 0; round < options.rounds; ++round) {
    figures.forward_1.Add(ForwardMicroseconds(**model, 1, options.seconds));
    figures.forward_64.Add(ForwardMicroseconds(**model, 64, options.seconds) / 64);
    figures.libtorch_1.Add(ForwardMicroseconds(**libtorch, 1, options.seconds));
    figures.libtorch_64.Add(ForwardMicroseconds(**libtorch, 64, options.seconds) / 64);
    figures.features.Add(FeaturesMicroseconds(**model, options.seconds * 0.2));
    Measure(client.Empty(), 1, options.seconds, figures.empty_1);
    Measure(client.Predict(), 1, options.seconds, figures.predict_1);
    Measure(client.Empty(), 16, options.seconds, figures.empty_16);
    Measure(client.Predict(), 16, options.seconds, figures.predict_16);
  }
  Print(figures, *server, options.rounds);
  const int64_t errors = figures.empty_1.errors + figures.empty_16.errors +
                         figures.predict_1.errors + figures.predict_16.errors;
  if (errors > 0) return absl::InternalError(absl::StrCat(errors, " calls failed"));
  return absl::OkStatus();
}

}  // namespace
}  // namespace aifx::bench

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);  // as the server does
  aifx::bench::Options options;
  CLI::App app("Predict over loopback beside an empty RPC and the bare forward pass");
  app.add_option("--server", options.server, "The aifx-server program")->capture_default_str();
  app.add_option("--rounds", options.rounds, "Rounds of all measurements")->capture_default_str();
  app.add_option("--seconds", options.seconds, "Length of each point")->capture_default_str();
  // Smoke runs pass Google Benchmark's flag to every benchmark.
  std::string min_time;
  app.add_option("--benchmark_min_time", min_time, "Where given: one round of moments");
  CLI11_PARSE(app, argc, argv);
  if (!min_time.empty()) {
    options.rounds = 1;
    options.seconds = 0.1;
  }
  const absl::Status status = aifx::bench::Run(options);
  if (!status.ok()) {
    std::fprintf(stderr, "serve_bench: %s\n", status.ToString().c_str());
    return 1;
  }
  return 0;
}
