// Many callers and several workers at once: group commit, waits for answers, shutdown.

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "client/outbox/schema.h"
#include "tests/support/unsynced_vfs.h"
#include "tests/unit/client/outbox/outbox_fixture.h"

namespace aifx::outbox {
namespace {

using ::aifx::testing::StatusIs;
using records::Acknowledge;
using records::SubmissionKind;
using records::SubmissionReceipt;
using records::SubmissionState;
using ::testing::HasSubstr;

class ThreadsTest : public OutboxTest {};

TEST_F(ThreadsTest, OneSyncMakesManyCallersDurable) {
  testing::UnsyncedVfs vfs;
  ASSERT_OK_AND_ASSIGN(Database database, OpenDatabase("outbox.db", vfs.name()));
  ASSERT_OK_AND_ASSIGN(EntryTable table, EntryTable::Open(std::move(database)));
  Writer writer(std::move(table), clock_);
  const int64_t before = vfs.syncs();
  // The writer is busy while all callers queue up behind it.
  std::promise<void> release;
  std::thread busy([&] {
    EXPECT_OK(writer.Execute([&](EntryTable&) {
      release.get_future().wait();
      return absl::OkStatus();
    }));
  });
  while (writer.is_idle() || writer.waiting() > 0) std::this_thread::yield();
  constexpr size_t kCallers = 16;
  std::vector<std::thread> callers;
  for (size_t i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      Entry entry;
      entry.request_id = Id(static_cast<int>(i));
      EXPECT_OK(writer.Execute([&](EntryTable& t) { return t.Insert(entry).status(); }));
    });
  }
  while (writer.waiting() < kCallers) std::this_thread::yield();
  release.set_value();
  busy.join();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(vfs.syncs(), before + 1);
}

TEST_F(ThreadsTest, EveryCallerGetsItsAnswerThroughSeveralWorkers) {
  options_.workers = 4;
  std::atomic<int> count = 0;
  delivery_.otherwise = [&] { return ++count % 5 == 0 ? Reply::k400 : Reply::kStore; };
  Open();
  std::atomic<int> acked = 0, dead = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&, i] {
      for (int j = 0; j < 10; ++j) {
        const auto receipt =
            outbox_->Submit(SubmissionNumber(i * 100 + j), Acknowledge::kWhenAnswered, {});
        ASSERT_OK(receipt);
        acked += receipt->state == SubmissionState::kAcked;
        dead += receipt->state == SubmissionState::kDead;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(acked, 64);
  EXPECT_EQ(dead, 16);
  EXPECT_THAT(delivery_.posts(), ::testing::SizeIs(80));
  outbox_.reset();
}

TEST_F(ThreadsTest, ConcurrentCallersOfOneIdMakeOneSubmission) {
  options_.workers = 2;
  Open();
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back(
        [&] { EXPECT_OK(outbox_->Submit(SubmissionNumber(1), Acknowledge::kWhenAnswered, {})); });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_THAT(delivery_.posts(), ::testing::SizeIs(1));
}

TEST_F(ThreadsTest, ACancelledWaitLeavesTheSubmissionGoingOn) {
  Open();  // sends nothing by itself
  const base::CallContext context;
  std::thread cancel([&] {
    while (Stats().usage.OpenRows() == 0) std::this_thread::yield();
    context.Cancel();
  });
  const auto result = outbox_->Submit(SubmissionNumber(1), Acknowledge::kWhenAnswered, context);
  cancel.join();
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kCancelled, HasSubstr("is kept and goes on")));
  EXPECT_EQ(State(1), SubmissionState::kQueued);
}

TEST_F(ThreadsTest, ShutdownLetsTheRequestInFlightFinishAndEndsWaits) {
  options_.workers = 1;
  std::promise<void> sending, release;
  delivery_.on_post = [&](const std::string& id) {
    if (id != Id(1)) return;
    sending.set_value();
    release.get_future().wait();
  };
  // Whether the second one is sent before the shutdown or not, it gets no answer.
  delivery_.Script({Reply::kStore});
  delivery_.otherwise = [] { return Reply::kLose; };
  Open();
  Submit(1);
  sending.get_future().wait();
  std::thread waiter([&] {
    EXPECT_THAT(outbox_->Submit(SubmissionNumber(2), Acknowledge::kWhenAnswered, {}),
                StatusIs(absl::StatusCode::kCancelled, HasSubstr("stopping")));
  });
  while (Stats().usage.OpenRows() < 2) std::this_thread::yield();
  std::thread stop([&] { outbox_->Shutdown(absl::Hours(1)); });
  release.set_value();
  stop.join();
  waiter.join();
  options_.workers = 0;
  Open();
  EXPECT_EQ(State(1), SubmissionState::kAcked);
  EXPECT_THAT(State(2), ::testing::AnyOf(SubmissionState::kQueued, SubmissionState::kUnknown));
}

TEST_F(ThreadsTest, ABackendThatHangsNeverBlocksAcceptance) {
  options_.workers = 4;
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  delivery_.on_post = [&](const std::string&) { released.wait(); };
  Open();
  for (int i = 0; i < 20; ++i) Submit(i);
  EXPECT_LE(Stats().usage.Rows(SubmissionState::kInflight), 4);
  release.set_value();
  outbox_.reset();  // before what its workers wait for goes
}

}  // namespace
}  // namespace aifx::outbox
