// Reading a long history from the reference backend: our bulk read beside curl and beside Python's
// requests, which fetch the same pages one after another; all in one run and by turns. Then the
// same from a server that costs nothing, which shows what the clients cost.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "client/backend/backend_client.h"
#include "client/cache/cached_candle_source.h"
#include "client/http/curl_client.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "tests/bench/replay_server.h"
#include "tests/support/long_history.h"
#include "tests/support/reference_backend.h"
#include "tests/support/sample_data.h"
#include "tests/support/temporary_folder.h"

namespace aifx::bench {
namespace {

using testing::ReferenceBackend;

struct Options {
  size_t candles = 50'000;
  int rounds = 5;
  int64_t page_size = backend::BackendConfig{}.candle_page_size;
  std::string python = "python3";
};

// Seconds of each round; the median is what counts.
class Series {
 public:
  void Add(std::optional<double> seconds) {
    if (seconds.has_value()) seconds_.push_back(*seconds);
  }
  bool empty() const { return seconds_.empty(); }
  double Quantile(double q) const {
    std::vector<double> sorted = seconds_;
    std::sort(sorted.begin(), sorted.end());
    return sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))];
  }
  double Median() const { return Quantile(0.5); }

 private:
  std::vector<double> seconds_;
};

// Keeps what went over the wire.
class RecordingClient final : public http::HttpClient {
 public:
  absl::StatusOr<http::HttpResponse> Send(const http::HttpRequest& request,
                                          const base::CallContext& context) override {
    auto response = curl_.Send(request, context);
    base::MutexLock lock(mutex_);
    if (response.ok()) bodies_[request.url] = response->body;
    return response;
  }
  // URL to body.
  std::map<std::string, std::string> bodies() {
    base::MutexLock lock(mutex_);
    return bodies_;
  }

 private:
  http::CurlClient curl_{{.total_timeout = absl::Seconds(60)}, base::SystemClock()};
  base::Mutex mutex_;
  std::map<std::string, std::string> bodies_ ABSL_GUARDED_BY(mutex_);
};

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {}
  absl::Status Run();

 private:
  std::unique_ptr<backend::BackendClient> Client(http::HttpClient& http, const std::string& url,
                                                 int connections) const {
    backend::BackendConfig config;
    config.base_url = url;
    config.api_key = ReferenceBackend::kKey;
    config.candle_page_size = options_.page_size;
    config.candle_connections = connections;
    return backend::BackendClient::Create(
               config, {http, base::SystemClock(), base::NullLogger(), http::SystemUniform()})
        .value();
  }

  // Our read with a client of its own, connecting included.
  std::optional<double> Ours(const std::string& url, int connections);
  // One curl process, several URLs on its command line; its own transfer times added up.
  std::optional<double> Curl(const std::string& url) const;
  std::optional<double> Python(const std::string& url) const;
  // The same range from the cache, which one read has filled.
  std::optional<double> Cached(const std::string& url);
  absl::Status RecordPages(const std::string& url);
  void Measure(const char* name, const std::string& url, bool cached);
  std::optional<double> Failed(const char* what, const absl::Status& status) {
    error_ = absl::Status(status.code(), absl::StrCat(what, ": ", status.message()));
    return std::nullopt;
  }

  const Options options_;
  testing::TemporaryFolder folder_;
  std::vector<market::Candle> history_;
  std::vector<std::string> targets_;           // of the pages, in the order of our requests
  std::map<std::string, std::string> bodies_;  // by target
  size_t bytes_ = 0;
  absl::Status error_;
};

std::optional<double> Bench::Ours(const std::string& url, int connections) {
  http::CurlClient http({.total_timeout = absl::Seconds(60)}, base::SystemClock());
  const auto client = Client(http, url, connections);
  const absl::Time started = absl::Now();
  const auto candles = client->Range(testing::SamplePair(), market::Timeframe::k1Hour,
                                     absl::InfinitePast(), absl::InfiniteFuture(), {});
  const double seconds = absl::ToDoubleSeconds(absl::Now() - started);
  if (!candles.ok()) return Failed("our read", candles.status());
  if (candles->size() != history_.size()) return Failed("our read", absl::DataLossError("count"));
  return seconds;
}

// What a command prints; nothing where it fails.
std::optional<std::string> OutputOf(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string output;
  char buffer[4096];
  while (const size_t count = std::fread(buffer, 1, sizeof buffer, pipe)) {
    output.append(buffer, count);
  }
  if (::pclose(pipe) != 0) return std::nullopt;
  return output;
}

std::optional<double> Bench::Curl(const std::string& url) const {
  std::string command = absl::StrCat(
      "curl --silent --fail --noproxy '*' --write-out '%{time_total}\\n' -H 'Authorization: "
      "Bearer ",
      ReferenceBackend::kKey, "' -H 'X-Service-Name: ml-engine'");
  for (const std::string& target : targets_) {
    absl::StrAppend(&command, " -o /dev/null '", url, target, "'");
  }
  const std::optional<std::string> output = OutputOf(command);
  if (!output.has_value()) return std::nullopt;
  double sum = 0;
  for (const absl::string_view line : absl::StrSplit(*output, '\n', absl::SkipEmpty())) {
    sum += std::stod(std::string(line));
  }
  return sum;
}

std::optional<double> Bench::Python(const std::string& url) const {
  std::ofstream(folder_ / "urls") << absl::StrJoin(
      targets_, "\n",
      [&](std::string* out, const std::string& target) { absl::StrAppend(out, url, target); });
  const std::optional<std::string> output =
      OutputOf(absl::StrCat(options_.python, " tests/bench/read_with_requests.py ",
                            ReferenceBackend::kKey, " < ", folder_ / "urls"));
  if (!output.has_value()) return std::nullopt;
  const std::vector<std::string> words = absl::StrSplit(*output, ' ');
  return std::stod(words[0]);
}

std::optional<double> Bench::Cached(const std::string& url) {
  http::CurlClient http({.total_timeout = absl::Seconds(60)}, base::SystemClock());
  const auto client = Client(http, url, 4);
  cache::CachedCandleSource source({folder_ / "cache", url}, *client, base::SystemClock(),
                                   base::NullLogger());
  double seconds = 0;
  for (int read = 0; read < 2; ++read) {
    const absl::Time started = absl::Now();
    const auto candles =
        source.Range(testing::SamplePair(), market::Timeframe::k1Hour, history_.front().open_time,
                     history_.back().open_time + absl::Hours(1), {});
    seconds = absl::ToDoubleSeconds(absl::Now() - started);
    if (!candles.ok()) return Failed("the read through the cache", candles.status());
  }
  return seconds;
}

absl::Status Bench::RecordPages(const std::string& url) {
  RecordingClient recorder;
  const auto candles = Client(recorder, url, 4)
                           ->Range(testing::SamplePair(), market::Timeframe::k1Hour,
                                   absl::InfinitePast(), absl::InfiniteFuture(), {});
  if (!candles.ok()) return candles.status();
  for (const auto& [whole, body] : recorder.bodies()) {
    targets_.push_back(whole.substr(url.size()));
    bodies_[targets_.back()] = body;
    bytes_ += body.size();
  }
  return absl::OkStatus();
}

void Bench::Measure(const char* name, const std::string& url, bool cached) {
  Series four, one, curl, python, local;
  for (int round = 0; round < options_.rounds && error_.ok(); ++round) {
    four.Add(Ours(url, 4));
    curl.Add(Curl(url));
    one.Add(Ours(url, 1));
    python.Add(Python(url));
    if (cached) local.Add(Cached(url));
  }
  std::printf("\n%s\n| what | seconds: median (least..most) | ours / this |\n|---|---|---|\n",
              name);
  const auto row = [&](const char* what, const Series& series) {
    if (series.empty() || four.empty()) return std::printf("| %s | skipped | |\n", what);
    return std::printf("| %s | %.3f (%.3f..%.3f) | %.2f |\n", what, series.Median(),
                       series.Quantile(0), series.Quantile(1), four.Median() / series.Median());
  };
  row("ours, 4 connections, decoded", four);
  row("ours, 1 connection, decoded", one);
  row("curl, the same pages one after another, not decoded", curl);
  row("Python requests, the same pages, decoded", python);
  if (cached) row("ours, second read through the cache", local);
}

absl::Status Bench::Run() {
  history_ = testing::ReadLongHistory(options_.candles).candles;
  const std::string seed = folder_ / "seed.csv";
  if (absl::Status status = testing::WriteSeed(seed, history_); !status.ok()) return status;
  ReferenceBackend backend({"--seed", absl::StrCat("EUR/USD:1h:", seed)});
  if (backend.url().empty()) {
    std::printf("skipped: the reference backend does not start (run `npm ci` in tests/backend)\n");
    return absl::OkStatus();
  }
  if (absl::Status status = RecordPages(backend.url()); !status.ok()) return status;
  std::printf("%zu candles, %zu pages, %.1f MB, %d rounds\n", history_.size(), targets_.size(),
              static_cast<double>(bytes_) / 1e6, options_.rounds);
  if (!OutputOf("curl --version").has_value()) std::printf("skipped: curl is not installed\n");
  if (!OutputOf(absl::StrCat(options_.python, " -c 'import requests' 2>&1")).has_value()) {
    std::printf("skipped: %s has no package requests (--python names another)\n",
                options_.python.c_str());
  }
  Measure("The reference backend", backend.url(), /*cached=*/true);
  backend.Stop();
  const ReplayServer replay(bodies_);
  Measure("A server that costs nothing, with the same replies", replay.url(), /*cached=*/false);
  return error_;
}

}  // namespace
}  // namespace aifx::bench

int main(int argc, char** argv) {
  aifx::bench::Options options;
  CLI::App app("Reads a long history with our client, curl and Python; run it in the root folder");
  app.add_option("--candles", options.candles, "How many")->capture_default_str();
  app.add_option("--rounds", options.rounds, "Rounds of all measurements")->capture_default_str();
  app.add_option("--page-size", options.page_size, "Candles of a page")->capture_default_str();
  app.add_option("--python", options.python, "A Python that has requests")->capture_default_str();
  // Smoke runs pass Google Benchmark's flag to every benchmark.
  std::string min_time;
  app.add_option("--benchmark_min_time", min_time, "Where given: one round of few candles");
  CLI11_PARSE(app, argc, argv);
  if (!min_time.empty()) {
    options.rounds = 1;
    options.candles = 2'000;
    options.page_size = 300;
  }
  const absl::Status status = aifx::bench::Bench(options).Run();
  if (!status.ok()) {
    std::fprintf(stderr, "backend_read_bench: %s\n", status.ToString().c_str());
    return 1;
  }
  return 0;
}
