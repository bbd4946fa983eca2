// The hour at which the candles of 28 pairs close at four timeframes at once: a real server, told
// by a real Redis, reads each series from a stand-in of the backend, computes it and sends it to
// those of 1,000 watchers that watch it. Counts from just before the announcements are published to
// the deliveries, over many such hours, and fails where a series was read or computed more than
// once.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "client/http/curl_client.h"
#include "core/base/clock.h"
#include "core/base/status_macros.h"
#include "core/market/timeframe.h"
#include "tests/bench/bench_model.h"
#include "tests/bench/burst_plan.h"
#include "tests/bench/candle_backend.h"
#include "tests/bench/closed_loop.h"
#include "tests/bench/machine.h"
#include "tests/bench/redis_process.h"
#include "tests/bench/server_options.h"
#include "tests/bench/server_process.h"
#include "tests/bench/watchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::bench {
namespace {

using records::CandleSeriesId;

constexpr absl::Duration kPatience = absl::Seconds(20);  // for one step, also on a busy machine
constexpr size_t kCandles = 1000;                        // of each series
constexpr double kTargetMs = 50;                         // event to last delivery, p99

struct Options {
  ServerOptions server;
  int watchers = 1000;
  bool whole_pair = false;  // each watcher has all timeframes of its pair, not one
  int bursts = 20;
};

class BurstBench {
 public:
  explicit BurstBench(const Options& options) : options_(options) {}
  absl::Status Run();

 private:
  absl::Status StartServer();
  // Repeats the announcements until all have heard: from outside nobody sees when the server's own
  // subscription covers every series.
  absl::Status WarmUp();
  absl::Status Burst(absl::Time close);
  // When the burst of that number closes its candles; 0 is the warm-up.
  absl::Time CloseOf(int burst) const { return end_ - kBetweenBursts * (options_.bursts - burst); }
  // One read and one computation of each series, or an error that names the first that is not so.
  absl::Status CheckOnce(const std::vector<Delivery>& deliveries, double rows_before);
  // Predictions that the inference threads have computed so far, by the server's metrics.
  absl::StatusOr<double> ComputedRows();
  size_t DeliveriesOfABurst() const {
    return static_cast<size_t>(options_.watchers) * (options_.whole_pair ? kTimeframes : 1);
  }
  void Print() const;

  const Options& options_;
  const std::vector<CandleSeriesId> series_ = AllSeries();
  const absl::Time end_ =
      absl::UnixEpoch() + absl::Floor(absl::Now() - absl::UnixEpoch(), kBetweenBursts);
  const testing::TemporaryFolder folder_;
  CandleBackend backend_{series_, end_, kCandles};
  http::CurlClient http_{{}, base::SystemClock()};
  std::optional<RedisProcess> redis_;
  std::optional<ServerProcess> server_;
  Watchers* watchers_ = nullptr;  // never destroyed: see there
  Latencies all_, last_, published_;
  int64_t candles_ = 0;  // read in all bursts
  absl::Duration server_cpu_, own_cpu_;
};

absl::Status BurstBench::StartServer() {
  AIFX_RETURN_IF_ERROR(TrainModel(model::ModelStore(folder_ / "models")).status());
  AIFX_ASSIGN_OR_RETURN(RedisProcess redis, RedisProcess::Start(folder_.path()));
  redis_.emplace(std::move(redis));
  std::vector<std::string> arguments = {
      "--listen",         "127.0.0.1:0",   "--models-dir", folder_ / "models", "--outbox-dir",
      folder_ / "outbox", "--backend-url", backend_.url(), "--log-level",      "error",
      "--stale-candles",  "warn"};
  arguments.insert(arguments.end(), options_.server.arguments.begin(),
                   options_.server.arguments.end());
  AIFX_ASSIGN_OR_RETURN(ServerProcess server,
                        ServerProcess::Start(options_.server.program, arguments,
                                             {absl::StrCat("REDIS_URL=", redis_->url())}));
  server_.emplace(std::move(server));
  AIFX_RETURN_IF_ERROR(redis_->AwaitSubscriber());
  watchers_ = new Watchers(server_->address(), WatchRequests(static_cast<size_t>(options_.watchers),
                                                             options_.whole_pair));
  return watchers_->AwaitStart(absl::Now() + kPatience);
}

absl::Status BurstBench::WarmUp() {
  backend_.SetNow(CloseOf(0));
  const std::vector<std::string> messages = Announcements(series_, CloseOf(0));
  const absl::Time deadline = absl::Now() + kPatience;
  while (true) {
    AIFX_RETURN_IF_ERROR(redis_->Publish(messages));
    const absl::Status came =
        watchers_->Take(DeliveriesOfABurst(), absl::Now() + absl::Milliseconds(500)).status();
    if (came.ok()) break;
    if (!absl::IsDeadlineExceeded(came) || absl::Now() > deadline) return came;
  }
  backend_.TakeReads();
  candles_ = -backend_.candles_sent();
  return absl::OkStatus();
}

absl::StatusOr<double> BurstBench::ComputedRows() {
  constexpr absl::string_view kName = "aifx_inference_batch_rows_sum{lane=\"interactive\"} ";
  AIFX_ASSIGN_OR_RETURN(
      const http::HttpResponse page,
      http_.Send({.method = "GET", .url = absl::StrCat("http://", server_->metrics(), "/metrics")},
                 {}));
  for (absl::string_view line : absl::StrSplit(page.body, '\n')) {
    double rows = 0;
    if (absl::ConsumePrefix(&line, kName) && absl::SimpleAtod(line, &rows)) return rows;
  }
  return absl::NotFoundError(absl::StrCat("no ", kName, "among the metrics"));
}

absl::Status BurstBench::CheckOnce(const std::vector<Delivery>& deliveries, double rows_before) {
  for (const auto& [id, reads] : backend_.TakeReads()) {
    if (reads == 1) continue;
    return absl::InternalError(absl::StrCat(id.pair.ToString(), " ",
                                            market::TimeframeName(id.timeframe), " was read ",
                                            reads, " times, not once"));
  }
  AIFX_ASSIGN_OR_RETURN(const double rows, ComputedRows());
  std::map<std::string, std::set<std::string>> ids;
  for (const Delivery& each : deliveries) ids[each.series].insert(each.prediction_id);
  const bool once =
      std::all_of(ids.begin(), ids.end(), [](const auto& each) { return each.second.size() == 1; });
  if (once && rows - rows_before == static_cast<double>(series_.size())) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(rows - rows_before, " predictions were computed for ",
                                          series_.size(), " series",
                                          once ? "" : "; a series had several"));
}

absl::Status BurstBench::Burst(absl::Time close) {
  backend_.SetNow(close);
  const std::vector<std::string> messages = Announcements(series_, close);
  AIFX_ASSIGN_OR_RETURN(const double rows_before, ComputedRows());
  const absl::Duration server_before = server_->CpuTime(), own_before = OwnCpuTime();
  const int64_t start = absl::GetCurrentTimeNanos();
  AIFX_RETURN_IF_ERROR(redis_->Publish(messages));
  published_.Add(CallEnd::kOk, absl::GetCurrentTimeNanos() - start);
  AIFX_ASSIGN_OR_RETURN(const std::vector<Delivery> deliveries,
                        watchers_->Take(DeliveriesOfABurst(), absl::Now() + kPatience));
  server_cpu_ += server_->CpuTime() - server_before;
  own_cpu_ += OwnCpuTime() - own_before;
  int64_t last = 0;
  for (const Delivery& each : deliveries) {
    all_.Add(CallEnd::kOk, each.at - start);
    last = std::max(last, each.at - start);
  }
  last_.Add(CallEnd::kOk, last);
  return CheckOnce(deliveries, rows_before);
}

void BurstBench::Print() const {
  std::printf(
      "%s, %u cores for client, server, Redis and backend; %zu series, %d watchers of %s, %d "
      "bursts of %zu deliveries\n\n| from the event, ms | p50 | p99 | most |\n|---|---|---|---|\n",
      ProcessorName().c_str(), std::thread::hardware_concurrency(), series_.size(),
      options_.watchers, options_.whole_pair ? "four series" : "one series", options_.bursts,
      DeliveriesOfABurst());
  const auto row = [](const char* what, const Latencies& latencies) {
    std::printf("| %s | %.1f | %.1f | %.1f |\n", what, latencies.Microseconds(0.5) / 1e3,
                latencies.Microseconds(0.99) / 1e3, latencies.Microseconds(1) / 1e3);
  };
  row("to Redis having published", published_);
  row("to a delivery", all_);
  row("to the last delivery", last_);
  const double bursts = options_.bursts;
  std::printf(
      "\nfetches a series: 1, of %.0f candles; inferences a series: 1\nCPU time a burst: server "
      "%.0f ms, client and backend %.0f ms\nevent to last delivery, p99: %.1f ms; to reach: %.0f "
      "ms\n",
      static_cast<double>(candles_) / bursts / static_cast<double>(series_.size()),
      absl::ToDoubleMilliseconds(server_cpu_) / bursts,
      absl::ToDoubleMilliseconds(own_cpu_) / bursts, last_.Microseconds(0.99) / 1e3, kTargetMs);
}

absl::Status BurstBench::Run() {
  AIFX_RETURN_IF_ERROR(StartServer());
  AIFX_RETURN_IF_ERROR(WarmUp());
  for (int burst = 1; burst <= options_.bursts; ++burst) {
    AIFX_RETURN_IF_ERROR(Burst(CloseOf(burst)));
  }
  candles_ += backend_.candles_sent();
  watchers_->Stop();
  Print();
  return absl::OkStatus();
}

}  // namespace
}  // namespace aifx::bench

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);  // as the server does
  aifx::bench::Options options;
  CLI::App app("Event to last delivery when the candles of 112 series close at once");
  aifx::bench::AddServerOptions(app, options.server);
  app.add_option("--watchers", options.watchers, "Streams of WatchPredictions")
      ->capture_default_str()
      ->check(CLI::Range(112, 10000));
  app.add_flag("--whole-pair", options.whole_pair,
               "Each watcher watches the four timeframes of its pair instead of one");
  app.add_option("--bursts", options.bursts, "How many are measured")
      ->capture_default_str()
      ->check(CLI::Range(1, 20));
  // Smoke runs pass Google Benchmark's flag to every benchmark.
  std::string min_time;
  app.add_option("--benchmark_min_time", min_time, "Where given: one burst, few watchers");
  CLI11_PARSE(app, argc, argv);
  if (!min_time.empty()) {
    options.bursts = 1;
    options.watchers = 112;
  }
  const absl::Status status = aifx::bench::BurstBench(options).Run();
  if (!status.ok()) {
    std::fprintf(stderr, "burst_bench: %s\n", status.ToString().c_str());
    return 1;
  }
  return 0;
}
