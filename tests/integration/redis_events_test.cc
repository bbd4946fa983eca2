// Events over a real redis-server, which the tests start, stop and start again.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/events/bounded_queue.h"
#include "client/events/message.h"
#include "client/events/redis_candle_events.h"
#include "client/events/redis_publisher.h"
#include "tests/support/child_process.h"
#include "tests/support/fake_clock.h"
#include "tests/support/redis_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::events {
namespace {

using ::testing::AllOf;
using testing::ChildProcess;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::StatusIs;

const absl::Duration kPatience = absl::Seconds(30);  // how long a broken program may hang

// A socket on a port of 127.0.0.1 that was free.
class TakenPort {
 public:
  TakenPort() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(fd_, raw, size), 0);
    EXPECT_EQ(::getsockname(fd_, raw, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~TakenPort() { ::close(fd_); }
  int port() const { return port_; }
  // Accepts connections, as the kernel does, and never answers.
  void Listen() const { EXPECT_EQ(::listen(fd_, 8), 0); }

 private:
  int fd_;
  int port_ = 0;
};

// Keeps lines, so that tests read what was logged.
class RecordingLogger final : public base::Logger {
 public:
  void Log(base::LogLevel, absl::string_view message, const base::LogFields& fields) override {
    base::MutexLock lock(mutex_);
    absl::StrAppend(&text_, message);
    for (const auto& [name, value] : fields) absl::StrAppend(&text_, " ", name, "=", value);
    absl::StrAppend(&text_, "\n");
  }
  std::string text() {
    base::MutexLock lock(mutex_);
    return text_;
  }

 private:
  base::Mutex mutex_;
  std::string text_;
};

class RedisEventsTest : public ::testing::Test {
 protected:
  void StartRedis(const std::vector<std::string>& more = {}) {
    auto started = testing::StartRedisServer(port_, folder_.path(), more);
    ASSERT_TRUE(started.ok()) << started.status();
    redis_.emplace(*std::move(started));
  }

  RedisTarget Target() const { return {.host = "127.0.0.1", .port = port_}; }
  RedisDeps Deps() {
    return {.clock = clock_, .logger = logger_, .uniform = [] { return 0.5; }};
  }
  // Quick, so that a test spends no time on waits.
  static RedisTiming Timing() {
    return {.first_backoff = absl::Milliseconds(5), .max_backoff = absl::Milliseconds(20)};
  }

  // The first error of a publisher that cannot publish what waits in it.
  static absl::Status ErrorOf(RedisPublisher& publisher) {
    while (publisher.last_error().ok() && !publisher.Flush(absl::Milliseconds(5))) {
    }
    return publisher.last_error();
  }

  static training::TrainingStarted Started(const std::string& model) {
    return {model, *market::CurrencyPair::Parse("EUR/USD"), market::Timeframe::k1Hour, "full"};
  }

  // What a RedisSubscriber heard.
  struct Listener {
    explicit Listener(RedisTarget target, RedisDeps deps)
        : subscriber(
              {.target = std::move(target),
               .timing = Timing(),
               .channels = {kTrainingStarted, kTrainingCompleted}},
              [this](const std::string& channel, const std::string& payload) {
                heard.Push({channel, payload});
              },
              std::move(deps)) {}
    // The model of the next message; empty where none came.
    std::string NextModel() {
      const auto message = heard.Pop(kPatience);
      if (!message.has_value()) return "";
      const auto data = DecodeMessage(message->first, message->second);
      return data.ok() ? (*data)["modelName"].get<std::string>() : data.status().ToString();
    }
    BoundedQueue<std::pair<std::string, std::string>> heard{100};
    RedisSubscriber subscriber;
  };

  testing::TemporaryFolder folder_;
  testing::FakeClock clock_;
  RecordingLogger logger_;
  const int port_ = TakenPort().port();
  std::optional<ChildProcess> redis_;
};

TEST_F(RedisEventsTest, WhatIsPublishedIsHeard) {
  StartRedis();
  Listener listener(Target(), Deps());
  ASSERT_TRUE(listener.subscriber.WaitForConnections(1, kPatience));
  RedisPublisher publisher({.target = Target(), .timing = Timing()}, Deps());
  publisher.Publish(Started("a"));
  publisher.Publish(training::TrainingCompleted{"b", *market::CurrencyPair::Parse("EUR/USD"),
                                                market::Timeframe::k1Hour, "full"});
  ASSERT_TRUE(publisher.Flush(kPatience));
  EXPECT_EQ(publisher.stats().published, 2);
  EXPECT_EQ(listener.NextModel(), "a");
  EXPECT_EQ(listener.NextModel(), "b");
}

TEST_F(RedisEventsTest, EventsWaitForRedisAndItsRestart) {
  RedisPublisher publisher({.target = Target(), .timing = Timing()}, Deps());
  publisher.Publish(Started("before"));
  EXPECT_THAT(ErrorOf(publisher), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("refused")));
  EXPECT_EQ(publisher.stats().waiting, 1);
  StartRedis();
  ASSERT_TRUE(publisher.Flush(kPatience));
  Listener listener(Target(), Deps());
  ASSERT_TRUE(listener.subscriber.WaitForConnections(1, kPatience));
  redis_->Stop();
  StartRedis();
  ASSERT_TRUE(listener.subscriber.WaitForConnections(2, kPatience));
  // The publisher's own connection died with the first server.
  publisher.Publish(Started("after"));
  ASSERT_TRUE(publisher.Flush(kPatience));
  EXPECT_EQ(listener.NextModel(), "after");
  EXPECT_THAT(logger_.text(), HasSubstr("no events from Redis until it answers again"));
  EXPECT_THAT(logger_.text(), HasSubstr("events from Redis again"));
}

TEST_F(RedisEventsTest, AFullQueueDropsTheOldestWhileRedisIsDown) {
  RedisPublisher publisher({.target = Target(), .timing = Timing(), .queue_limit = 3}, Deps());
  for (const char* model : {"1", "2", "3", "4", "5"}) publisher.Publish(Started(model));
  EXPECT_EQ(publisher.stats().dropped, 2);
  EXPECT_EQ(publisher.stats().waiting, 3);
  Listener listener(Target(), Deps());
  StartRedis();
  ASSERT_TRUE(listener.subscriber.WaitForConnections(1, kPatience));
  publisher.Publish(Started("6"));
  ASSERT_TRUE(publisher.Flush(kPatience));
  std::string model;
  do model = listener.NextModel();
  while (!model.empty() && model != "6");
  EXPECT_EQ(model, "6");
}

TEST_F(RedisEventsTest, NewCandlesReachTheirSubscribersAndNonsenseIsCounted) {
  StartRedis();
  RedisCandleEvents events({.target = Target(), .timing = Timing()}, Deps());
  const records::CandleSeriesId eurusd{*market::CurrencyPair::Parse("EUR/USD"),
                                       market::Timeframe::k1Hour};
  const auto subscription = events.Subscribe({eurusd});
  ASSERT_TRUE(events.subscriber().WaitForConnections(1, kPatience));
  ASSERT_OK_AND_ASSIGN(const auto backend, RedisConnection::Open(Target(), kPatience));
  const auto publish = [&](const std::string& message) {
    ASSERT_OK(backend->Command({"PUBLISH", kNewMarketData, message}));
  };
  publish("nonsense");
  publish(EncodeMessage(kNewMarketData, {{"pair", "EUR/USD"}}, clock_.Now()));
  publish(EncodeMessage("ml:other", {{"pair", "EUR/USD"}}, clock_.Now()));
  publish(std::string("\0\xff", 2));
  for (const char* pair : {"GBP/USD", "EUR/USD"}) {  // nobody wants the first
    publish(
        EncodeMessage(kNewMarketData,
                      {{"pair", pair}, {"timeframe", "1h"}, {"timestamp", "2018-06-12T09:00:00Z"}},
                      clock_.Now()));
  }
  const auto event = subscription->Next(kPatience);
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->series, eurusd);
  EXPECT_EQ(event->open_time, clock_.Now() - absl::Hours(1));
  EXPECT_EQ(events.malformed(), 4);
}

TEST_F(RedisEventsTest, LogsInAndNeverLogsThePassword) {
  StartRedis({"--requirepass", "hunter2"});
  RedisTarget target = Target();
  target.password = "wrong-hunter";
  RedisPublisher refused({.target = target, .timing = Timing()}, Deps());
  refused.Publish(Started("a"));
  EXPECT_THAT(ErrorOf(refused), StatusIs(absl::StatusCode::kFailedPrecondition,
                                         AllOf(HasSubstr("WRONGPASS"), Not(HasSubstr("hunter")))));
  target.password = "hunter2";
  target.database = 2;
  RedisPublisher publisher({.target = target, .timing = Timing()}, Deps());
  publisher.Publish(Started("a"));
  EXPECT_TRUE(publisher.Flush(kPatience));
  EXPECT_THAT(logger_.text(), Not(HasSubstr("hunter")));
}

TEST_F(RedisEventsTest, ASilentServerIsGivenUpAndEndsCleanly) {
  const TakenPort silent;
  silent.Listen();
  RedisTiming timing = Timing();
  timing.timeout = absl::Milliseconds(50);
  timing.silence = absl::Milliseconds(20);
  const RedisTarget target{.host = "127.0.0.1", .port = silent.port()};
  BoundedQueue<int> woken(1);
  RedisDeps deps = Deps();
  deps.uniform = [&] {  // asked for before each wait: the connection was given up
    woken.Push(1);
    return 0.5;
  };
  const RedisSubscriber subscriber(
      {.target = target, .timing = timing, .channels = {"c"}},
      [](const std::string&, const std::string&) {}, deps);
  EXPECT_TRUE(woken.Pop(kPatience).has_value());
  EXPECT_EQ(subscriber.connections(), 0);
  RedisPublisher publisher({.target = target, .timing = timing}, Deps());
  publisher.Publish(Started("a"));
  EXPECT_THAT(ErrorOf(publisher), StatusIs(absl::StatusCode::kUnavailable, ::testing::_));
}

}  // namespace
}  // namespace aifx::events
