// Inference runs when the test says so (a batcher without threads), reads of candles on one thread.
#include "core/pipeline/async_predictor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "core/base/violation.h"
#include "tests/support/candles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/core/pipeline/counting_model.h"

namespace aifx::pipeline {
namespace {

using serving::Lane;
using ::testing::HasSubstr;
using testing::StatusIs;

constexpr market::Timeframe kHour = market::Timeframe::k1Hour;

// Serves candles as of a time, counts reads, and fails once where `error` is set.
class CountingSource final : public market::CandleSource {
 public:
  absl::StatusOr<std::vector<market::Candle>> Newest(const market::CurrencyPair&,
                                                     market::Timeframe timeframe, size_t count,
                                                     absl::Time as_of,
                                                     const base::CallContext&) override {
    ++reads;
    if (on_read) on_read();
    if (!error.ok()) return std::exchange(error, absl::OkStatus());
    std::vector<market::Candle> closed;
    for (const market::Candle& candle : candles) {
      if (market::CloseTime(timeframe, candle.open_time) <= as_of) closed.push_back(candle);
    }
    if (closed.size() > count) closed.erase(closed.begin(), closed.end() - count);
    return closed;
  }
  // With a candle that is in progress at `end`.
  absl::StatusOr<std::vector<market::Candle>> Range(const market::CurrencyPair&, market::Timeframe,
                                                    absl::Time start, absl::Time end,
                                                    const base::CallContext&) override {
    ++parts;
    part_start = start;
    std::vector<market::Candle> part;
    for (const market::Candle& candle : candles) {
      if (start <= candle.open_time && candle.open_time <= end) part.push_back(candle);
    }
    return part;
  }

  std::vector<market::Candle> candles;
  absl::Status error;
  std::function<void()> on_read;
  std::atomic<int> reads{0};  // of the newest
  std::atomic<int> parts{0};  // reads from a candle on
  absl::Time part_start;
};

class AsyncPredictorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(store_.Add(testing::FakeManifest(), {{"model.pt", "program"}}));
    Activate(testing::FakeManifest().version);
    source_.candles = testing::RandomWalk({.count = 180});
    clock_.Advance(market::CloseTime(kHour, source_.candles[170].open_time) - clock_.Now());
    candles_.assign(source_.candles.begin(), source_.candles.begin() + 171);
  }

  void Activate(int64_t version) {
    ASSERT_OK(store_.SetActive("eurusd-1h", version));
    registry_.Refresh();
  }

  PredictRequest NoCandles(const std::string& id = "id") const {
    return {.request_id = id, .pair = *market::CurrencyPair::Parse("EUR/USD"), .timeframe = kHour};
  }
  PredictRequest Given(const std::string& id = "id") const {
    PredictRequest request = NoCandles(id);
    request.candles = candles_;
    return request;
  }

  // An answer that may still come.
  using Pending = std::future<absl::StatusOr<PredictAnswer>>;
  Pending Start(PredictRequest request, Lane lane = Lane::kInteractive,
                const base::CallContext& context = {}) {
    auto promise = std::make_shared<std::promise<absl::StatusOr<PredictAnswer>>>();
    Pending pending = promise->get_future();
    auto prepared = predictor_.Prepare(std::move(request));
    EXPECT_OK(prepared);
    async_->Start(
        *std::move(prepared), lane, context,
        [promise](absl::StatusOr<PredictAnswer> answer) { promise->set_value(std::move(answer)); });
    return pending;
  }
  static bool IsReady(const Pending& pending) {
    return pending.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }
  // Lets reads that are queued end; they queue inference.
  void AwaitReads() {
    std::promise<void> done;
    ASSERT_OK(blocking_.Submit([&] { done.set_value(); }));
    done.get_future().wait();
  }
  void RunAll() {
    while (batcher_.RunOne()) {
    }
  }
  absl::StatusOr<PredictAnswer> Predict(PredictRequest request) {
    Pending pending = Start(std::move(request));
    AwaitReads();
    RunAll();
    return pending.get();
  }
  // An event tells of that candle of the source.
  void Invalidate(size_t candle) {
    async_->Invalidate(*market::CurrencyPair::Parse("EUR/USD"), kHour,
                       source_.candles[candle].open_time);
  }
  int Rows() const {
    int rows = 0;
    for (const auto& model : models_) rows += model->rows;
    return rows;
  }
  void Make(const AsyncPredictor::Options& options) {
    async_.emplace(predictor_, batcher_, blocking_, clock_, options);
  }

  testing::TemporaryFolder folder_;
  model::ModelStore store_{folder_.path()};
  std::vector<std::shared_ptr<CountingModel>> models_;
  serving::ModelRegistry registry_{
      store_, base::NullLogger(),
      [this](const model::ModelStore& store, const std::string& name,
             int64_t version) -> absl::StatusOr<std::shared_ptr<const model::Model>> {
        return models_.emplace_back(
            std::make_shared<CountingModel>(*store.ReadManifest(name, version)));
      }};
  testing::FakeClock clock_;
  CountingSource source_;
  std::vector<market::Candle> candles_;
  Predictor predictor_{registry_, &source_, clock_, {}};
  serving::Batcher batcher_{{.threads = 0}, clock_};
  serving::Executor blocking_{{.name = "backend", .threads = 1}};
  std::optional<AsyncPredictor> async_{std::in_place, predictor_, batcher_,
                                       blocking_,     clock_,     AsyncPredictor::Options{}};
};

TEST_F(AsyncPredictorTest, AKnownWindowIsAnsweredAtOnceWithTheSameBits) {
  ASSERT_OK_AND_ASSIGN(const PredictAnswer computed, Predict(Given("first")));
  PredictRequest again = Given("second");
  again.risk.risk_percent = 0.001;
  Pending pending = Start(again);
  ASSERT_TRUE(IsReady(pending)) << "without a thread";
  ASSERT_OK_AND_ASSIGN(const PredictAnswer known, pending.get());
  EXPECT_EQ(known.prediction.probabilities, computed.prediction.probabilities);
  EXPECT_EQ(known.prediction.id, "second");
  EXPECT_NE(known.prediction.position_size, computed.prediction.position_size);
  EXPECT_EQ(known.times.features, absl::ZeroDuration());
  EXPECT_EQ(Rows(), 1);
  EXPECT_EQ(async_->Stats().cache.hits, 1);
}

TEST_F(AsyncPredictorTest, TheAnswerIsThePredictorsOwn) {
  ASSERT_OK_AND_ASSIGN(PreparedRequest item, predictor_.Prepare(Given()));
  const auto direct = predictor_.Run(absl::MakeSpan(&item, 1));
  ASSERT_OK_AND_ASSIGN(const PredictAnswer answer, Predict(Given()));
  EXPECT_EQ(answer.prediction.probabilities, direct[0]->prediction.probabilities);
  EXPECT_EQ(answer.prediction.take_profit, direct[0]->prediction.take_profit);
}

TEST_F(AsyncPredictorTest, OlderHistoryIsTheSameWindowAndACorrectedCandleIsNot) {
  ASSERT_OK(Predict(Given()));
  candles_.erase(candles_.begin(), candles_.begin() + 50);
  ASSERT_OK(Predict(Given()));
  EXPECT_EQ(Rows(), 1);
  candles_.back().spread_pips = 1.25;
  ASSERT_OK(Predict(Given()));
  EXPECT_EQ(Rows(), 2);
}

TEST_F(AsyncPredictorTest, AnotherVersionComputesAnew) {
  ASSERT_OK(Predict(Given()));
  ASSERT_OK(store_.Add(testing::FakeManifest("eurusd-1h", 20180613100000), {{"model.pt", "x"}}));
  Activate(20180613100000);
  async_->EvictVersion("eurusd-1h", testing::FakeManifest().version);
  EXPECT_EQ(async_->Stats().cache.entries, 0u);
  ASSERT_OK_AND_ASSIGN(const PredictAnswer answer, Predict(Given()));
  EXPECT_EQ(answer.prediction.model.version, 20180613100000);
  EXPECT_EQ(models_[1]->rows, 1);
}

TEST_F(AsyncPredictorTest, CallersOfOneWindowShareOneRow) {
  std::vector<Pending> pending;
  for (int i = 0; i < 64; ++i) pending.push_back(Start(Given(absl::StrCat("id", i))));
  RunAll();
  for (size_t i = 0; i < pending.size(); ++i) {
    ASSERT_OK_AND_ASSIGN(const PredictAnswer answer, pending[i].get());
    EXPECT_EQ(answer.prediction.id, absl::StrCat("id", i));
  }
  EXPECT_EQ(Rows(), 1);
  EXPECT_EQ(async_->Stats().joined_inferences, 63);
}

// Followers whose deadline the queue cannot keep are refused one after the other, not one within
// the other.
TEST_F(AsyncPredictorTest, ManyFollowersAreRefusedOnAFlatStack) {
  constexpr int kFollowers = 20'000;
  models_[0]->on_run = [this] { clock_.Advance(absl::Seconds(1)); };
  ASSERT_OK(Predict(Given()));  // a row takes a second from now on
  candles_.erase(candles_.begin(), candles_.end() - 110);
  const auto another = [&](double spread) {
    candles_.back().spread_pips = spread;
    return Given();
  };
  base::CallContext gone, hurry;
  hurry.deadline = clock_.Now() + absl::Seconds(3);
  Pending leader = Start(another(5), Lane::kInteractive, gone);
  int refused = 0;
  for (int i = 0; i < kFollowers; ++i) {
    async_->Start(*predictor_.Prepare(Given()), Lane::kInteractive, hurry,
                  [&](const absl::StatusOr<PredictAnswer>& answer) {
                    refused += absl::IsResourceExhausted(answer.status()) ? 1 : 0;
                  });
  }
  std::vector<Pending> others;
  for (int i = 0; i < 24; ++i) others.push_back(Start(another(10 + i)));
  gone.Cancel();
  RunAll();
  EXPECT_THAT(leader.get(), StatusIs(absl::StatusCode::kCancelled, HasSubstr("gone away")));
  EXPECT_EQ(refused, kFollowers);
  for (Pending& other : others) EXPECT_OK(other.get());
}

TEST_F(AsyncPredictorTest, AnInteractiveCallerNeverWaitsBehindABatch) {
  Pending batch = Start(Given(), Lane::kBatch);
  Pending call = Start(Given());
  ASSERT_TRUE(batcher_.RunOne());
  EXPECT_TRUE(IsReady(call));
  EXPECT_FALSE(IsReady(batch));
  RunAll();
  EXPECT_OK(batch.get());
}

TEST_F(AsyncPredictorTest, ACancelledLeaderFailsOnlyItself) {
  base::CallContext gone, also_gone;
  Pending leader = Start(Given(), Lane::kInteractive, gone);
  Pending second = Start(Given(), Lane::kInteractive, also_gone);
  Pending third = Start(Given());
  gone.Cancel();
  also_gone.Cancel();
  RunAll();
  EXPECT_THAT(leader.get(), StatusIs(absl::StatusCode::kCancelled, HasSubstr("gone away")));
  EXPECT_THAT(second.get(), StatusIs(absl::StatusCode::kCancelled, HasSubstr("gone away")));
  EXPECT_OK(third.get());
  EXPECT_EQ(Rows(), 1);
}

TEST_F(AsyncPredictorTest, ALeaderOutOfTimeFailsOnlyItself) {
  base::CallContext hurry;
  hurry.deadline = clock_.Now() + absl::Milliseconds(1);
  Pending leader = Start(Given(), Lane::kInteractive, hurry);
  Pending follower = Start(Given());
  clock_.Advance(absl::Milliseconds(1));
  RunAll();
  EXPECT_THAT(leader.get(), StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("deadline")));
  EXPECT_OK(follower.get());
}

TEST_F(AsyncPredictorTest, AFailureReachesThoseWhoWaitedAndIsNotKept) {
  models_[0]->failure = absl::InternalError("the runtime failed");
  Pending leader = Start(Given());
  Pending follower = Start(Given());
  RunAll();
  EXPECT_THAT(leader.get(), StatusIs(absl::StatusCode::kInternal, HasSubstr("runtime failed")));
  EXPECT_THAT(follower.get(), StatusIs(absl::StatusCode::kInternal, HasSubstr("runtime failed")));
  models_[0]->failure = absl::OkStatus();
  EXPECT_OK(Predict(Given()));
}

TEST_F(AsyncPredictorTest, RefusalsOfTheQueueReachTheCaller) {
  batcher_.Shutdown();
  EXPECT_THAT(Start(Given()).get(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("shutting down")));
}

TEST_F(AsyncPredictorTest, AKnownWindowStillTurnsStale) {
  ASSERT_OK_AND_ASSIGN(const PredictAnswer fresh, Predict(Given()));
  EXPECT_EQ(fresh.prediction.hold_reason, records::HoldReason::kNone);
  clock_.Advance(absl::Hours(3) + absl::Nanoseconds(1));
  ASSERT_OK_AND_ASSIGN(const PredictAnswer stale, Predict(Given()));
  EXPECT_EQ(stale.prediction.hold_reason, records::HoldReason::kStaleCandles);
  EXPECT_EQ(Rows(), 1);
}

TEST_F(AsyncPredictorTest, CallersOfOneSeriesShareOneReadAndOneRow) {
  std::promise<void> release;
  ASSERT_OK(blocking_.Submit([&] { release.get_future().wait(); }));
  std::vector<Pending> pending;
  for (int i = 0; i < 64; ++i) pending.push_back(Start(NoCandles(absl::StrCat("id", i))));
  release.set_value();
  AwaitReads();
  RunAll();
  for (Pending& one : pending) EXPECT_OK(one.get());
  EXPECT_EQ(source_.reads, 1);
  EXPECT_EQ(Rows(), 1);
  EXPECT_EQ(async_->Stats().joined_reads, 63);
}

TEST_F(AsyncPredictorTest, ACandleThatClosedSinceARequestWasMadeIsItsNewest) {
  clock_.Advance(absl::Hours(1) - absl::Milliseconds(1));
  ASSERT_OK_AND_ASSIGN(PreparedRequest early, predictor_.Prepare(NoCandles("early")));
  clock_.Advance(absl::Milliseconds(1));
  ASSERT_OK(Predict(NoCandles("late")));
  absl::StatusOr<PredictAnswer> answer = absl::UnknownError("none yet");
  async_->Start(std::move(early), Lane::kInteractive, {},
                [&](absl::StatusOr<PredictAnswer> given) { answer = std::move(given); });
  ASSERT_OK(answer);
  EXPECT_EQ(answer->prediction.as_of, clock_.Now());
  EXPECT_EQ(source_.reads, 1);
}

TEST_F(AsyncPredictorTest, CandlesAreReadAgainWhenTheNextCanHaveClosed) {
  ASSERT_OK_AND_ASSIGN(const PredictAnswer first, Predict(NoCandles()));
  clock_.Advance(absl::Seconds(59));
  ASSERT_OK(Predict(NoCandles()));
  EXPECT_EQ(source_.reads, 1);
  clock_.Advance(absl::Hours(1) - absl::Seconds(59));
  ASSERT_OK_AND_ASSIGN(const PredictAnswer second, Predict(NoCandles()));
  EXPECT_EQ(source_.reads, 2);
  EXPECT_EQ(second.prediction.as_of, first.prediction.as_of + absl::Hours(1));
}

TEST_F(AsyncPredictorTest, AnEventMakesTheNextRequestReadTheNewestFewAgain) {
  ASSERT_OK_AND_ASSIGN(const PredictAnswer before, Predict(NoCandles()));
  source_.candles[170].close = source_.candles[170].open;
  Invalidate(170);
  ASSERT_OK_AND_ASSIGN(const PredictAnswer after, Predict(NoCandles()));
  EXPECT_EQ(source_.reads, 1);
  EXPECT_EQ(source_.parts, 1);
  EXPECT_EQ(source_.part_start, source_.candles[171 - 24].open_time);
  EXPECT_EQ(Rows(), 2);
  ASSERT_OK(Predict(NoCandles()));
  EXPECT_EQ(source_.parts, 1) << "kept again";
  // And it is what a whole read gives.
  Make({});
  ASSERT_OK_AND_ASSIGN(const PredictAnswer whole, Predict(NoCandles()));
  EXPECT_EQ(source_.reads, 2);
  EXPECT_EQ(after.prediction.entry_price, whole.prediction.entry_price);
  EXPECT_NE(after.prediction.entry_price, before.prediction.entry_price);
  EXPECT_EQ(after.prediction.probabilities, whole.prediction.probabilities);
}

TEST_F(AsyncPredictorTest, TheCandleThatClosedIsAddedAndTheOneInProgressIsNot) {
  ASSERT_OK(Predict(NoCandles()));
  clock_.Advance(absl::Hours(1));
  Invalidate(171);
  ASSERT_OK_AND_ASSIGN(const PredictAnswer answer, Predict(NoCandles()));
  EXPECT_EQ(answer.prediction.as_of, clock_.Now());
  EXPECT_EQ(source_.reads, 1);
  EXPECT_EQ(source_.part_start, source_.candles[171 - 24].open_time);
}

TEST_F(AsyncPredictorTest, ACorrectionIsReadHoweverOldItsCandleIs) {
  ASSERT_OK(Predict(NoCandles()));
  Invalidate(171 - 24 - 10);
  Invalidate(170);
  ASSERT_OK(Predict(NoCandles()));
  EXPECT_EQ(source_.part_start, source_.candles[171 - 24 - 10].open_time);
  Invalidate(0);  // of which nothing is kept
  ASSERT_OK(Predict(NoCandles()));
  EXPECT_EQ(source_.parts, 1);
  EXPECT_EQ(source_.reads, 2);
}

TEST_F(AsyncPredictorTest, WhereTheOldestOfTheFewIsGoneAllAreReadAgain) {
  ASSERT_OK(Predict(NoCandles()));
  source_.candles.erase(source_.candles.begin() + 171 - 24);
  Invalidate(170);
  ASSERT_OK(Predict(NoCandles()));
  EXPECT_EQ(source_.parts, 1);
  EXPECT_EQ(source_.reads, 2);
}

TEST_F(AsyncPredictorTest, ABrokenCandleThatIsOldIsReadAgainWithTheNextEvent) {
  const double low = source_.candles[130].low;
  source_.candles[130].low = source_.candles[130].high + 1;
  EXPECT_FALSE(Predict(NoCandles()).ok());
  source_.candles[130].low = low;
  Invalidate(170);
  EXPECT_OK(Predict(NoCandles()));
  EXPECT_EQ(source_.parts, 0);
}

TEST_F(AsyncPredictorTest, ALoneCallersWindowIsComputedBeforeStartReturns) {
  serving::Batcher batcher({.threads = 0, .computes_lone_jobs = true}, clock_);
  AsyncPredictor async(predictor_, batcher, blocking_, clock_, {});
  const auto start = [&](PredictRequest request,
                         serving::Computes computes = serving::Computes::kMaybe) {
    bool answered = false;
    auto prepared = predictor_.Prepare(std::move(request));
    EXPECT_OK(prepared);
    async.Start(
        *std::move(prepared), Lane::kInteractive, {},
        [&](const absl::StatusOr<PredictAnswer>& answer) {
          EXPECT_OK(answer);
          answered = true;
        },
        computes);
    const bool at_once = answered;
    while (batcher.RunOne()) {
    }
    EXPECT_TRUE(answered);
    return at_once;
  };
  PredictRequest request = Given();
  for (int i = 0; i < 8; ++i) {
    request.candles->back().close += 1e-5;  // a window of its own
    request.candles->back().high += 1e-5;
    EXPECT_FALSE(start(request)) << i;
  }
  request.candles->back().high += 1e-5;
  EXPECT_TRUE(start(request));
  request.candles->back().high += 1e-5;
  EXPECT_FALSE(start(request, serving::Computes::kNever));
}

TEST_F(AsyncPredictorTest, AllAreReadAgainNowAndThen) {
  Make({.candles = {.whole_age = absl::Hours(2)}});
  ASSERT_OK(Predict(NoCandles()));
  for (size_t newest = 171; newest < 174; ++newest) {
    clock_.Advance(absl::Hours(1));
    Invalidate(newest);
    ASSERT_OK(Predict(NoCandles()));
  }
  EXPECT_EQ(source_.parts, 2);
  EXPECT_EQ(source_.reads, 2);
}

TEST_F(AsyncPredictorTest, AReadThatAnEventOvertakesIsNotKept) {
  source_.on_read = [this] {
    source_.on_read = nullptr;
    Invalidate(170);
  };
  ASSERT_OK(Predict(NoCandles()));
  ASSERT_OK(Predict(NoCandles()));
  EXPECT_EQ(source_.reads, 2);
}

TEST_F(AsyncPredictorTest, AFailedReadFailsThoseWhoWaitedOnly) {
  source_.error = absl::UnavailableError("the backend does not answer");
  EXPECT_THAT(Predict(NoCandles()), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("backend")));
  EXPECT_OK(Predict(NoCandles()));
}

TEST_F(AsyncPredictorTest, ALeaderWhoGoesAwayWhileReadingFailsOnlyItself) {
  base::CallContext gone;
  std::promise<void> release;
  ASSERT_OK(blocking_.Submit([&] { release.get_future().wait(); }));
  Pending leader = Start(NoCandles(), Lane::kInteractive, gone);
  Pending follower = Start(NoCandles());
  source_.on_read = [this, &gone] {
    source_.on_read = nullptr;
    gone.Cancel();
    source_.error = absl::CancelledError("the caller has gone away");
  };
  release.set_value();
  AwaitReads();  // the leader's
  AwaitReads();  // the follower's, which the first one queued
  RunAll();
  EXPECT_THAT(leader.get(), StatusIs(absl::StatusCode::kCancelled, HasSubstr("gone away")));
  EXPECT_OK(follower.get());
}

TEST_F(AsyncPredictorTest, APastMomentIsReadForEachCall) {
  PredictRequest request = NoCandles();
  request.as_of = market::CloseTime(kHour, candles_[150].open_time);
  ASSERT_OK_AND_ASSIGN(const PredictAnswer past, Predict(request));
  EXPECT_EQ(past.prediction.as_of, *request.as_of);
  ASSERT_OK(Predict(request));
  EXPECT_EQ(source_.reads, 2);
  EXPECT_EQ(Rows(), 1) << "but the window is known";
}

TEST_F(AsyncPredictorTest, WithoutACacheEachCallReadsAndComputes) {
  Make({.cache = {.max_entries = 0}, .candles = {.enabled = false}});
  Pending first = Start(NoCandles()), second = Start(NoCandles());
  AwaitReads();
  RunAll();
  EXPECT_OK(first.get());
  EXPECT_OK(second.get());
  EXPECT_EQ(source_.reads, 2);
  EXPECT_EQ(Rows(), 2);
}

}  // namespace
}  // namespace aifx::pipeline
