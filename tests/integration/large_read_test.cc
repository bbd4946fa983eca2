// 50,000 real candles over libcurl from the reference backend, and then from the cache.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/backend/backend_client.h"
#include "client/cache/cached_candle_source.h"
#include "client/http/curl_client.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "tests/support/long_history.h"
#include "tests/support/reference_backend.h"
#include "tests/support/sample_data.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::LongHistory;
using ::aifx::testing::ReferenceBackend;
using ::aifx::testing::StatusIs;
using ::aifx::testing::TemporaryFolder;
using market::Candle;
using market::Timeframe;
using ::testing::_;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr size_t kCandles = 50'000;

// libcurl, counting what is asked for and how much of it at a time.
class CountingClient final : public http::HttpClient {
 public:
  absl::StatusOr<http::HttpResponse> Send(const http::HttpRequest& request,
                                          const base::CallContext& context) override {
    {
      base::MutexLock lock(mutex_);
      ++requests_;
      most_ = std::max(most_, ++active_);
    }
    auto response = curl_.Send(request, context);
    base::MutexLock lock(mutex_);
    --active_;
    if (response.ok()) bytes_ += response->body.size();
    return response;
  }
  struct Counts {
    int requests = 0, most_at_a_time = 0;
    size_t bytes = 0;
  };
  Counts Take() {
    base::MutexLock lock(mutex_);
    const Counts counts{requests_, most_, bytes_};
    requests_ = most_ = 0;
    bytes_ = 0;
    return counts;
  }

 private:
  http::CurlClient curl_{{.total_timeout = absl::Seconds(60)}, base::SystemClock()};
  base::Mutex mutex_;
  int requests_ ABSL_GUARDED_BY(mutex_) = 0;
  int active_ ABSL_GUARDED_BY(mutex_) = 0;
  int most_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

// One backend for all tests: it takes seconds to load.
class LargeReadTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    history_ = new LongHistory(testing::ReadLongHistory(kCandles));
    const std::string seed = *folder_ / "seed.csv";
    ASSERT_OK(testing::WriteSeed(seed, history_->candles));
    backend_ = new ReferenceBackend({"--seed", absl::StrCat("EUR/USD:1h:", seed)});
    ASSERT_THAT(backend_->url(), Not(IsEmpty())) << "run `npm ci` in tests/backend";
    std::printf("%zu candles of %s\n", history_->candles.size(), history_->path.c_str());
  }
  static void TearDownTestSuite() {
    delete backend_;
    delete history_;
    delete folder_;
  }

  void SetUp() override {
    BackendConfig config;
    config.base_url = backend_->url();
    config.api_key = ReferenceBackend::kKey;
    client_ = BackendClient::Create(
                  config, {http_, base::SystemClock(), base::NullLogger(), http::SystemUniform()})
                  .value();
  }

  static void ExpectHistory(const std::vector<Candle>& candles) {
    ASSERT_EQ(candles.size(), history_->candles.size());
    for (size_t i = 0; i < candles.size(); ++i) {
      const Candle &got = candles[i], &expected = history_->candles[i];
      ASSERT_EQ(got.open_time, expected.open_time) << i;
      ASSERT_EQ(got.open, expected.open) << i;
      ASSERT_EQ(got.high, expected.high) << i;
      ASSERT_EQ(got.low, expected.low) << i;
      ASSERT_EQ(got.close, expected.close) << i;
      ASSERT_NEAR(got.spread_pips.value(), expected.spread_pips.value(), 0.051) << i;
    }
  }

  static TemporaryFolder* folder_;
  static LongHistory* history_;
  static ReferenceBackend* backend_;
  CountingClient http_;
  std::unique_ptr<BackendClient> client_;
  const market::CurrencyPair pair_ = testing::SamplePair();
};

TemporaryFolder* LargeReadTest::folder_ = nullptr;
LongHistory* LargeReadTest::history_ = nullptr;
ReferenceBackend* LargeReadTest::backend_ = nullptr;

TEST_F(LargeReadTest, ReadsTheFileCandleByCandle) {
  std::vector<Candle> candles;
  std::vector<market::ReadProgress> progress;
  ASSERT_OK(client_->Stream(
      pair_, Timeframe::k1Hour, absl::InfinitePast(), absl::InfiniteFuture(),
      [&](absl::Span<const Candle> next) {
        candles.insert(candles.end(), next.begin(), next.end());
        return absl::OkStatus();
      },
      [&](const market::ReadProgress& now) { progress.push_back(now); }, {}));
  ExpectHistory(candles);
  EXPECT_EQ(http_.Take().most_at_a_time, 4);
  EXPECT_EQ(progress.front().candles, 0);
  EXPECT_EQ(progress.front().expected, static_cast<int64_t>(candles.size()));
  EXPECT_EQ(progress.back().candles, static_cast<int64_t>(candles.size()));
}

TEST_F(LargeReadTest, TheSecondReadThroughTheCacheIsLocal) {
  cache::CachedCandleSource source({*folder_ / "cache", backend_->url()}, *client_,
                                   base::SystemClock(), base::NullLogger());
  const absl::Time start = history_->candles.front().open_time;
  const absl::Time end = history_->candles.back().open_time + absl::Hours(1);
  ASSERT_OK_AND_ASSIGN(const std::vector<Candle> first,
                       source.Range(pair_, Timeframe::k1Hour, start, end, {}));
  ExpectHistory(first);
  const CountingClient::Counts whole = http_.Take();
  ASSERT_OK_AND_ASSIGN(const std::vector<Candle> second,
                       source.Range(pair_, Timeframe::k1Hour, start, end, {}));
  ExpectHistory(second);
  const CountingClient::Counts rest = http_.Take();
  EXPECT_EQ(rest.requests, 1);
  EXPECT_LT(rest.bytes * 100, whole.bytes);
}

TEST_F(LargeReadTest, CancellingEndsTheReadSoon) {
  const base::CallContext context;
  const auto cancel = [&](absl::Span<const Candle>) {
    context.Cancel();
    return absl::OkStatus();
  };
  EXPECT_THAT(client_->Stream(pair_, Timeframe::k1Hour, absl::InfinitePast(),
                              absl::InfiniteFuture(), cancel, nullptr, context),
              StatusIs(absl::StatusCode::kCancelled, _));
}

TEST_F(LargeReadTest, TheDeadlineHoldsForTheWholeRead) {
  const base::CallContext context{.deadline = absl::Now() + absl::Milliseconds(1)};
  EXPECT_THAT(client_->Range(pair_, Timeframe::k1Hour, absl::InfinitePast(), absl::InfiniteFuture(),
                             context),
              StatusIs(absl::StatusCode::kDeadlineExceeded, _));
}

}  // namespace
}  // namespace aifx::backend
