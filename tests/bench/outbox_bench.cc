// Durable accepts a second with group commit, and how long a caller waits for one: real files and
// real syncs in a temporary folder (TMPDIR decides the disk). Nothing is sent.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "client/outbox/outbox.h"
#include "core/base/mutex.h"
#include "tests/support/temporary_folder.h"

namespace aifx::outbox {
namespace {

class NoDelivery final : public Delivery {
 public:
  absl::StatusOr<std::string> PostPrediction(const records::Submission&,
                                             const base::CallContext&) override {
    return absl::UnavailableError("nothing is sent");
  }
  absl::StatusOr<records::OutcomeReceipt> PutOutcome(const records::OutcomeUpdate&,
                                                     const base::CallContext&) override {
    return absl::UnavailableError("nothing is sent");
  }
  backend::LookupResult LookUp(const std::vector<backend::Sought>&,
                               const base::CallContext&) override {
    return {};
  }
  std::optional<absl::Duration> ClockOffset() override { return std::nullopt; }
};

// What all threads of one run share.
struct Shared {
  testing::TemporaryFolder folder;
  NoDelivery delivery;
  std::unique_ptr<Outbox> outbox;
  std::atomic<int64_t> next_id = 0;
  base::Mutex mutex;
  std::vector<int64_t> nanoseconds ABSL_GUARDED_BY(mutex);
};

std::unique_ptr<Shared> shared;

void SetUp(const benchmark::State&) {
  shared = std::make_unique<Shared>();
  OutboxOptions options{.folder = shared->folder / "outbox", .workers = 0};
  options.max_rows = options.max_bytes = int64_t{1} << 40;
  auto opened = Outbox::Open(
      options, {shared->delivery, base::SystemClock(), base::NullLogger(), [] { return 0.5; }});
  if (opened.ok()) shared->outbox = *std::move(opened);
}

void TearDown(const benchmark::State&) { shared.reset(); }

// As the engine submits its own predictions; about a kilobyte with its technical data.
records::Submission NextSubmission() {
  const int64_t n = shared->next_id.fetch_add(1);
  return {
      .request_id = absl::StrFormat("%08x-8f2e-4c57-9d53-%012x", (n * 2654435761) & 0xffffffff, n),
      .pair = market::CurrencyPair::Parse("EUR/USD").value(),
      .timeframe = market::Timeframe::k1Hour,
      .signal = records::Signal::kBuy,
      .confidence = 0.61,
      .entry_price = 1.1,
      .stop_loss = 1.05,
      .take_profit = 1.2,
      .technical_data_json =
          R"({"asOf":"2018-06-12T10:00:00Z","featureSet":{"name":"stationary-v1","hash":")" +
          std::string(64, 'a') + R"("},"probabilities":{"buy":0.61,"hold":0.2,"sell":0.19}})"};
}

double QuantileMs(std::vector<int64_t>& nanoseconds, double quantile) {
  if (nanoseconds.empty()) return 0;
  const auto nth = nanoseconds.begin() +
                   static_cast<ptrdiff_t>(quantile * static_cast<double>(nanoseconds.size() - 1));
  std::nth_element(nanoseconds.begin(), nth, nanoseconds.end());
  return static_cast<double>(*nth) / 1e6;
}

void BM_DurableAccept(benchmark::State& state) {
  if (shared->outbox == nullptr) {
    state.SkipWithError("the outbox cannot be opened");
    return;
  }
  std::vector<int64_t> nanoseconds;
  for (auto _ : state) {
    const absl::Time start = absl::Now();
    if (!shared->outbox->Submit(NextSubmission(), records::Acknowledge::kWhenDurable, {}).ok()) {
      state.SkipWithError("a submission was refused");
      break;
    }
    nanoseconds.push_back(absl::ToInt64Nanoseconds(absl::Now() - start));
  }
  state.SetItemsProcessed(state.iterations());
  base::MutexLock lock(shared->mutex);
  std::vector<int64_t>& all = shared->nanoseconds;
  all.insert(all.end(), nanoseconds.begin(), nanoseconds.end());
  // The thread that comes last has seen all; counters of threads are averaged, so the others add
  // nothing.
  const bool last = static_cast<int64_t>(all.size()) ==
                    static_cast<int64_t>(state.iterations()) * state.threads();
  const double share = last ? static_cast<double>(state.threads()) : 0;
  state.counters["p50_ms"] =
      benchmark::Counter(share * QuantileMs(all, 0.5), benchmark::Counter::kAvgThreads);
  state.counters["p99_ms"] =
      benchmark::Counter(share * QuantileMs(all, 0.99), benchmark::Counter::kAvgThreads);
}
BENCHMARK(BM_DurableAccept)
    ->Setup(SetUp)
    ->Teardown(TearDown)
    ->Threads(1)
    ->Threads(8)
    ->Threads(32)
    ->Threads(64)
    ->UseRealTime();

}  // namespace
}  // namespace aifx::outbox
