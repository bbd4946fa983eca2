// Predict over loopback beside an empty RPC of the same server and the bare forward pass, all in
// one run and by turns, so that a change of the machine's speed touches each of them. Closed loops
// at several concurrencies, with windows that the server has not seen, with one that it has, and by
// the Open Inference Protocol; open loops at half and at twice the rate that it reached.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "tests/bench/bench_model.h"
#include "tests/bench/closed_loop.h"
#include "tests/bench/machine.h"
#include "tests/bench/open_loop.h"
#include "tests/bench/predict_client.h"
#include "tests/bench/serve_report.h"
#include "tests/bench/server_options.h"
#include "tests/bench/server_process.h"
#include "tests/support/temporary_folder.h"

namespace aifx::bench {
namespace {

// What callers at the open loops allow a call.
constexpr absl::Duration kOpenTimeout = absl::Seconds(1);

struct Options {
  ServerOptions server;
  int rounds = 5;
  double seconds = 2;  // of each point in each round
  bool is_long = false;
  std::string prepare;  // folder for what other load clients need; empty: measure
};

WindowShape ShapeOf(const model::Model& model) {
  return {.sequence = model.manifest().sequence, .features = model.manifest().features};
}

class ServeBench {
 public:
  ServeBench(const Options& options, const model::Model& model, const model::Model& libtorch,
             ServerProcess& server)
      : options_(options),
        model_(model),
        shape_(ShapeOf(model)),
        libtorch_(libtorch),
        server_(server),
        client_(*new PredictClient(server.address())) {}

  void Round() {
    MeasureModel();
    MeasureStages();
    std::vector<int> all = {1, 8, 64, 256};
    if (options_.is_long) all.push_back(1024);
    for (const int concurrency : all) {
      if (concurrency == 1 || concurrency == 64) {
        Closed(client_.Empty(), concurrency, figures_.empty[concurrency]);
      }
      Closed(client_.PredictAnother(), concurrency, figures_.cold[concurrency]);
      Closed(client_.PredictSame(), concurrency, figures_.warm[concurrency]);
      if (concurrency <= 64) {
        Closed(client_.Infer(shape_), concurrency, figures_.infer[concurrency]);
      }
    }
    const double rate = figures_.cold[64].per_second.Median();
    figures_.half_rate.Add(rate / 2);
    figures_.overload_rate.Add(rate * 2);
    Open(rate / 2, figures_.half_load);
    Open(rate * 2, figures_.overload);
  }

  int64_t Errors() const {
    int64_t errors = figures_.half_load.errors + figures_.overload.errors;
    for (const auto* points : {&figures_.empty, &figures_.cold, &figures_.warm, &figures_.infer}) {
      for (const auto& [concurrency, point] : *points) errors += point.errors;
    }
    return errors;
  }

  const Figures& figures() const { return figures_; }

 private:
  void MeasureModel() {
    for (const size_t batch : {1, 6, 16, 64}) {
      const double rows = static_cast<double>(batch);
      figures_.forward[batch].Add(ForwardMicroseconds(model_, batch, Part(0.3)) / rows);
    }
    for (const size_t batch : {1, 64}) {
      const double rows = static_cast<double>(batch);
      figures_.libtorch[batch].Add(ForwardMicroseconds(libtorch_, batch, Part(0.2)) / rows);
    }
    figures_.features.Add(FeaturesMicroseconds(model_, Part(0.1)));
  }

  // What the answers say about themselves.
  void MeasureStages() {
    std::map<std::string, Series> round;
    const auto add = [&](const char* name, const google::protobuf::Duration& duration) {
      round[name].Add(static_cast<double>(duration.seconds()) * 1e6 + duration.nanos() / 1e3);
    };
    for (int i = 0; i < (options_.seconds < 1 ? 10 : 300); ++i) {
      const ml::v1::StageTimings timings = client_.PredictOnce().timings();
      add("queue", timings.queue());
      add("validate", timings.validate());
      add("features", timings.features());
      add("inference", timings.inference());
      add("decision", timings.decision());
      add("total", timings.total());
    }
    for (const auto& [name, series] : round) figures_.stages[name].Add(series.Median());
  }

  void Closed(const StartCall& call, int concurrency, Point& point) {
    Measure(point, [&] {
      return RunClosedLoop(concurrency, absl::Seconds(Part(0.2)), absl::Seconds(Part(1)), call);
    });
  }
  void Open(double rate, Point& point) {
    Measure(point, [&] {
      return RunOpenLoop(rate, absl::Seconds(Part(0.2)), absl::Seconds(Part(1)),
                         client_.PredictAnother(kOpenTimeout));
    });
  }
  // The CPU time of the warm-up is counted as if it were the same all along.
  void Measure(Point& point, const std::function<Latencies()>& run) {
    const absl::Duration server_before = server_.CpuTime(), client_before = OwnCpuTime();
    const Latencies latencies = run();
    constexpr double kCounted = 1 / 1.2;
    AddTo(point, latencies, (server_.CpuTime() - server_before) * kCounted,
          (OwnCpuTime() - client_before) * kCounted, server_.ResidentMiB());
  }
  double Part(double share) const { return share * options_.seconds; }

  const Options& options_;
  const model::Model& model_;
  const WindowShape shape_;
  const model::Model& libtorch_;
  ServerProcess& server_;
  // Never destroyed: gRPC 1.51 now and then aborts when the last channel goes while one of its own
  // threads is still leaving a callback (ref_counted.h, prior > 0).
  PredictClient& client_;
  Figures figures_;
};

// A model store, a request of Predict, one of ModelInfer and the window in it, for
// tests/bench/peers.
absl::Status Prepare(const std::string& folder) {
  const model::ModelStore store(folder + "/models");
  const auto version = TrainModel(store);
  if (!version.ok()) return version.status();
  const auto model = model::LoadModel(store, kModelName, *version);
  if (!model.ok()) return model.status();
  const WindowShape shape = ShapeOf(**model);
  const std::vector<float> window(static_cast<size_t>(shape.sequence * shape.features), 0.1f);
  const auto write = [&folder](const char* name, const std::string& bytes) {
    std::ofstream(folder + name, std::ios::binary) << bytes;
  };
  write("/request.grpc", PredictClient::WirePredict());
  write("/infer.grpc", PredictClient::WireInfer(shape));
  write("/window.f32",
        {reinterpret_cast<const char*>(window.data()), window.size() * sizeof(float)});
  return absl::OkStatus();
}

absl::Status Run(const Options& options) {
  if (!options.prepare.empty()) return Prepare(options.prepare);
  model::SetTensorThreads(1);
  testing::TemporaryFolder folder;
  const model::ModelStore store(folder.path());
  const auto version = TrainModel(store);
  if (!version.ok()) return version.status();
  model::SetTensorThreads(1);
  const auto model = model::LoadModel(store, kModelName, *version);
  if (!model.ok()) return model.status();
  const auto libtorch = OpenWithLibTorch(store, **model);
  if (!libtorch.ok()) return libtorch.status();
  const testing::TemporaryFolder outbox;
  std::vector<std::string> arguments = {
      "--listen",    "127.0.0.1:0",     "--models-dir", folder.path(), "--outbox-dir",
      outbox.path(), "--stale-candles", "warn",         "--log-level", "error"};
  arguments.insert(arguments.end(), options.server.arguments.begin(),
                   options.server.arguments.end());
  auto server = ServerProcess::Start(options.server.program, arguments);
  if (!server.ok()) return server.status();
  ServeBench bench(options, **model, **libtorch, *server);
  for (int round = 0; round < options.rounds; ++round) bench.Round();
  Print(bench.figures(), *server, options.rounds);
  if (bench.Errors() > 0) {
    return absl::InternalError(absl::StrCat(bench.Errors(), " calls failed"));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace aifx::bench

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);  // as the server does
  aifx::bench::Options options;
  CLI::App app("Predict over loopback beside an empty RPC and the bare forward pass");
  aifx::bench::AddServerOptions(app, options.server);
  app.add_option("--rounds", options.rounds, "Rounds of all measurements")->capture_default_str();
  app.add_option("--seconds", options.seconds, "Length of each point")->capture_default_str();
  app.add_option("--prepare", options.prepare,
                 "Only write a model store, requests and a window into this folder");
  app.add_flag("--long", options.is_long, "Also 1,024 callers");
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
