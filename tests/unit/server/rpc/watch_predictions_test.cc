// WatchPredictions on the real gRPC server, with candles announced by hand.
#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <thread>

#include "core/market/candle.h"
#include "tests/unit/server/rpc/service_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const records::CandleSeriesId kEuro = {*market::CurrencyPair::Parse("EUR/USD"),
                                       market::Timeframe::k1Hour};

std::vector<std::string> ViolationFields(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  std::vector<std::string> fields;
  for (const auto& detail : details.details()) {
    google::rpc::BadRequest bad;
    if (!detail.UnpackTo(&bad)) continue;
    for (const auto& each : bad.field_violations()) fields.push_back(each.field());
  }
  return fields;
}

// What other threads are about to do.
bool Eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

class WatchPredictionsTest : public ServiceTest {
 protected:
  struct Watch {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<ml::v1::WatchPredictionsResponse>> reader;
    ml::v1::WatchPredictionsResponse answer;

    bool Read() { return reader->Read(&answer); }
  };

  std::unique_ptr<Watch> StartWatching(const std::vector<std::string>& pairs = {"EUR/USD"},
                                       const std::string& model = "") {
    ml::v1::WatchPredictionsRequest request;
    for (const std::string& pair : pairs) request.add_pairs(pair);
    request.add_timeframes(ml::v1::TIMEFRAME_1H);
    request.set_model_name(model);
    return Start(request);
  }
  std::unique_ptr<Watch> Start(const ml::v1::WatchPredictionsRequest& request) {
    auto watch = std::make_unique<Watch>();
    watch->reader = predictions_->WatchPredictions(&watch->context, request);
    return watch;
  }
  // Blocks until the server let it in.
  std::unique_ptr<Watch> Watching() {
    auto watch = StartWatching();
    watch->reader->WaitForInitialMetadata();
    return watch;
  }
  // The candle that closes now.
  void Announce() {
    const absl::Time now = clock_.Now();
    engine_.newest_open = now - absl::Hours(1);
    events_.Announce({kEuro, engine_.newest_open, now});
  }
};

TEST_F(WatchPredictionsTest, OneComputationServesAllWatchers) {
  std::atomic<int> runs{0};
  engine_.on_run = [&](serving::Lane) {
    ++runs;
    return absl::OkStatus();
  };
  const auto first = Watching(), second = Watching();
  Announce();
  ASSERT_TRUE(first->Read());
  ASSERT_TRUE(second->Read());
  EXPECT_EQ(first->answer.prediction().id(), second->answer.prediction().id());
  EXPECT_EQ(first->answer.prediction().pair(), "EUR/USD");
  EXPECT_EQ(first->answer.observed_at().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(first->answer.dropped(), 0);
  EXPECT_EQ(runs.load(), 1);
  EXPECT_EQ(engine_.invalidations.load(), 1);  // or it would be the candles read before
  EXPECT_EQ(watches_.Stats().watchers, 2);
  EXPECT_EQ(watches_.Stats().offered, 2);
}

TEST_F(WatchPredictionsTest, ACorrectionIsReadByTheNextRequestAndIsForNobody) {
  const auto watch = Watching();
  Announce();
  ASSERT_TRUE(watch->Read());
  events_.Announce({kEuro, engine_.newest_open - absl::Hours(50), clock_.Now()});
  EXPECT_TRUE(Eventually([&] { return engine_.invalidations.load() == 2; }));
  EXPECT_EQ(watches_.Stats().predictions, 1);
}

TEST_F(WatchPredictionsTest, ACandleAnnouncedBeforeItsCloseIsReadAfterIt) {
  const auto watch = Watching();
  const absl::Time now = clock_.Now();
  engine_.newest_open = now - absl::Hours(1);
  events_.Announce({kEuro, engine_.newest_open, now - absl::Seconds(1)});
  ASSERT_TRUE(watch->Read());
  EXPECT_EQ(engine_.invalidations.load(), 2);
}

TEST_F(WatchPredictionsTest, APredictionOfAnOlderCandleIsForNobody) {
  std::atomic<int64_t> from{0};
  engine_.on_prepare = [&](const pipeline::PredictRequest& request) {
    from = absl::ToUnixSeconds(request.answers_from);
    return absl::OkStatus();
  };
  const auto watch = Watching();
  Announce();
  ASSERT_TRUE(watch->Read());
  EXPECT_EQ(from.load(), absl::ToUnixSeconds(clock_.Now()));
}

TEST_F(WatchPredictionsTest, EachCandleComesOnceAndInOrder) {
  const auto watch = Watching();
  for (int i = 0; i < 3; ++i) {
    Announce();
    ASSERT_TRUE(watch->Read());
    EXPECT_EQ(watch->answer.observed_at().seconds(), absl::ToUnixSeconds(clock_.Now()));
    clock_.Advance(absl::Hours(1));
  }
}

TEST_F(WatchPredictionsTest, AFetchThatFailsIsTriedAgain) {
  std::atomic<int> fetches{0};
  engine_.on_fetch = [&](const base::CallContext&) {
    return ++fetches == 1 ? absl::UnavailableError("the backend is down") : absl::OkStatus();
  };
  const auto watch = Watching();
  const int subscriptions = events_.subscriptions();
  Announce();
  // The fake clock stands: the schedule is moved on by hand until the second look.
  std::atomic<bool> answered{false};
  auto moving = std::async(std::launch::async, [&] {
    while (!answered) {
      if (fetches == 1) clock_.Advance(absl::Milliseconds(10));
      std::this_thread::yield();
    }
  });
  EXPECT_TRUE(watch->Read());
  answered = true;
  EXPECT_EQ(fetches.load(), 2);
  EXPECT_EQ(watches_.Stats().retries, 1);
  EXPECT_EQ(events_.subscriptions(), subscriptions) << "the series are the same";
}

TEST_F(WatchPredictionsTest, WhoHasGoneIsNotWatchedForAnyMore) {
  auto watch = Watching();
  events_.AwaitSubscriptionTo({kEuro});
  watch->context.TryCancel();
  EXPECT_EQ(watch->reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  events_.AwaitSubscriptionTo({});
  EXPECT_EQ(watches_.Stats().watchers, 0);
}

TEST_F(WatchPredictionsTest, DrainingEndsWatches) {
  const auto watch = Watching();
  guard_.RefuseNewCalls();
  EXPECT_FALSE(watch->Read());
  const grpc::Status status = watch->reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(InfoOf(status).reason(), "SHUTTING_DOWN");
}

TEST_F(WatchPredictionsTest, ACandleIsHeardOfWhileOtherSeriesComeAndGo) {
  const auto watch = Watching();
  // The loop is held up where it starts a prediction, so that nobody subscribes for it.
  std::promise<void> entered, release;
  std::atomic<bool> held{false};
  const std::shared_future<void> released = release.get_future();
  engine_.on_prepare = [&](const pipeline::PredictRequest&) {
    if (held.exchange(true)) return absl::OkStatus();
    entered.set_value();
    released.wait();
    return absl::OkStatus();
  };
  Announce();
  entered.get_future().wait();
  auto other = StartWatching({"GBP/USD"});
  other->reader->WaitForInitialMetadata();
  clock_.Advance(absl::Hours(1));
  Announce();
  release.set_value();
  EXPECT_TRUE(Eventually([&] { return watches_.Stats().events == 2; }));
}

TEST_F(WatchPredictionsTest, WhatIsNotFoundIsNotLookedForAgain) {
  engine_.on_run = [](serving::Lane) { return absl::NotFoundError("the version is gone"); };
  const auto watch = Watching();
  Announce();
  EXPECT_TRUE(Eventually([&] { return watches_.Stats().given_up == 1; }));
  EXPECT_EQ(watches_.Stats().retries, 0);
}

TEST_F(WatchPredictionsTest, AModelThatThereIsNotIsAnErrorAtOnce) {
  engine_.on_prepare = [](const pipeline::PredictRequest& request) {
    return request.model.name == "house" ? absl::OkStatus() : absl::NotFoundError("no such model");
  };
  const auto known = Watching();
  const auto unknown = StartWatching({"EUR/USD"}, "huose");
  EXPECT_FALSE(unknown->Read());
  EXPECT_EQ(unknown->reader->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(watches_.Stats().watchers, 1);
}

TEST_F(WatchPredictionsTest, WhatAModelLacksForNowDoesNotEndAWatch) {
  engine_.on_prepare = [](const pipeline::PredictRequest&) {
    return absl::FailedPreconditionError("no model serves yet");
  };
  const auto watch = Watching();
  EXPECT_EQ(watches_.Stats().watchers, 1);
}

TEST_F(WatchPredictionsTest, EveryWrongFieldIsNamed) {
  const auto watch = StartWatching({"EUR/USD", "EUR/EUR", "nothing"});
  EXPECT_FALSE(watch->Read());
  const grpc::Status status = watch->reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(ViolationFields(status), UnorderedElementsAre("pairs[1]", "pairs[2]"));
}

TEST_F(WatchPredictionsTest, MoreTimeframesThanThereAreAreNotLookedAt) {
  ml::v1::WatchPredictionsRequest request;
  request.add_pairs("EUR/USD");
  for (int i = 0; i < 10000; ++i) request.add_timeframes(static_cast<ml::v1::Timeframe>(99));
  const auto watch = Start(request);
  EXPECT_FALSE(watch->Read());
  const grpc::Status status = watch->reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(ViolationFields(status), ElementsAre("timeframes"));
}

TEST_F(WatchPredictionsTest, ARequestThatIsTooLargeIsNotLookedAt) {
  ml::v1::WatchPredictionsRequest request;
  for (int i = 0; i < 100000; ++i) request.add_timeframes(static_cast<ml::v1::Timeframe>(99));
  const auto watch = Start(request);
  EXPECT_FALSE(watch->Read());
  const grpc::Status status = watch->reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(InfoOf(status).reason(), "REQUEST_TOO_LARGE");
}

TEST_F(WatchPredictionsTest, NothingToWatchIsAnError) {
  const auto watch = StartWatching({});
  EXPECT_FALSE(watch->Read());
  EXPECT_THAT(watch->reader->Finish().error_message(), HasSubstr("pairs has 0"));
}

}  // namespace
}  // namespace aifx::rpc
