#include "core/serving/single_flight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace aifx::serving {
namespace {

using ::testing::ElementsAre;

// Notes what happens to it.
class NotingMember final : public FlightMember<int> {
 public:
  NotingMember(std::string name, std::vector<std::string>& notes)
      : name_(std::move(name)), notes_(notes) {}
  absl::Status alive, cannot_lead;

  absl::Status CheckAlive() const override { return alive; }
  absl::Status Lead() override {
    if (!cannot_lead.ok()) return cannot_lead;
    notes_.push_back(name_ + " leads");
    return absl::OkStatus();
  }
  void Done(const absl::StatusOr<int>& result) override {
    notes_.push_back(result.ok() ? absl::StrCat(name_, " gets ", *result)
                                 : absl::StrCat(name_, " fails: ", result.status().message()));
  }

 private:
  const std::string name_;
  std::vector<std::string>& notes_;
};

class SingleFlightTest : public ::testing::Test {
 protected:
  std::shared_ptr<NotingMember> Join(const std::string& name, int key = 1) {
    auto member = std::make_shared<NotingMember>(name, notes_);
    flights_.Join(key, member);
    return member;
  }
  std::vector<std::string> notes_;
  SingleFlight<int, int> flights_;
};

TEST_F(SingleFlightTest, TheFirstLeadsAndAllGetTheResult) {
  Join("a");
  Join("b");
  Join("other", 2);
  flights_.Finish(1, 7);
  Join("c");  // a new flight
  EXPECT_THAT(notes_, ElementsAre("a leads", "other leads", "a gets 7", "b gets 7", "c leads"));
  EXPECT_EQ(flights_.joined(), 1);
}

TEST_F(SingleFlightTest, AnErrorIsSharedByThisFlightOnly) {
  Join("a");
  Join("b");
  flights_.Finish(1, absl::InternalError("broke"));
  Join("c");
  flights_.Finish(1, 7);
  EXPECT_THAT(notes_,
              ElementsAre("a leads", "a fails: broke", "b fails: broke", "c leads", "c gets 7"));
}

TEST_F(SingleFlightTest, TheNextOneAliveLeadsWhereTheLeaderGivesUp) {
  Join("a");
  Join("b")->alive = absl::CancelledError("gone");
  Join("c");
  Join("d");
  flights_.Abandon(1, absl::DeadlineExceededError("late"));
  flights_.Finish(1, 7);
  EXPECT_THAT(notes_, ElementsAre("a leads", "a fails: late", "b fails: gone", "c leads",
                                  "c gets 7", "d gets 7"));
}

TEST_F(SingleFlightTest, WhoCannotLeadFailsAloneHoweverManyThereAre) {
  std::vector<std::shared_ptr<NotingMember>> members;
  for (int i = 0; i < 100'000; ++i) members.push_back(Join(absl::StrCat(i)));
  for (const auto& member : members) {
    member->cannot_lead = absl::ResourceExhaustedError("queue too long");
  }
  Join("last");
  flights_.Abandon(1, absl::DeadlineExceededError("late"));
  flights_.Finish(1, 7);
  ASSERT_EQ(notes_.size(), 100'003u);
  EXPECT_EQ(notes_[1], "0 fails: late");
  EXPECT_EQ(notes_[100'000], "99999 fails: queue too long");
  EXPECT_EQ(notes_[100'001], "last leads");
  EXPECT_EQ(notes_[100'002], "last gets 7");
}

TEST_F(SingleFlightTest, WhoeverIsGoneByTheEndGetsItsOwnStatus) {
  Join("a");
  Join("b")->alive = absl::CancelledError("gone");
  flights_.Finish(1, 7);
  EXPECT_THAT(notes_, ElementsAre("a leads", "a gets 7", "b fails: gone"));
}

TEST_F(SingleFlightTest, AnAbandonedFlightWithoutFollowersEnds) {
  Join("a");
  flights_.Abandon(1, absl::CancelledError("gone"));
  flights_.Finish(1, 7);  // of nobody
  Join("b");
  EXPECT_THAT(notes_, ElementsAre("a leads", "a fails: gone", "b leads"));
}

TEST(SingleFlightThreadsTest, EveryMemberIsAnsweredOnce) {
  class CountingMember final : public FlightMember<int> {
   public:
    CountingMember(SingleFlight<int, int>& flights, int key, bool gives_up, std::atomic<int>& done)
        : flights_(flights), key_(key), gives_up_(gives_up), done_(done) {}
    absl::Status CheckAlive() const override { return absl::OkStatus(); }
    absl::Status Lead() override {
      if (gives_up_) return absl::CancelledError("gone");
      flights_.Finish(key_, 1);
      return absl::OkStatus();
    }
    void Done(const absl::StatusOr<int>&) override { ++done_; }

   private:
    SingleFlight<int, int>& flights_;
    const int key_;
    const bool gives_up_;
    std::atomic<int>& done_;
  };
  constexpr int kThreads = 4, kJoins = 2000;
  SingleFlight<int, int> flights;
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kJoins; ++i) {
        flights.Join(i % 3, std::make_shared<CountingMember>(flights, i % 3, i % 5 == 0, done));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, kThreads * kJoins);
}

}  // namespace
}  // namespace aifx::serving
