#include "server/app/outbox_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/ids.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::app {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

class UnusedDelivery final : public outbox::Delivery {
 public:
  absl::StatusOr<std::string> PostPrediction(const records::Submission&,
                                             const base::CallContext&) override {
    return absl::UnavailableError("unused");
  }
  absl::StatusOr<records::OutcomeReceipt> PutOutcome(const records::OutcomeUpdate&,
                                                     const base::CallContext&) override {
    return absl::UnavailableError("unused");
  }
  backend::LookupResult LookUp(const std::vector<backend::Sought>&,
                               const base::CallContext&) override {
    return {};
  }
  std::optional<absl::Duration> ClockOffset() override { return std::nullopt; }
};

class OutboxMonitorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    outbox::OutboxOptions options;
    options.folder = folder_ / "outbox";
    options.workers = 0;  // nothing is sent
    ASSERT_OK_AND_ASSIGN(
        outbox_,
        outbox::Outbox::Open(options, {delivery_, clock_, base::NullLogger(), [] { return 0.5; }}));
    config_.max_rows = 1;
    monitor_ = std::make_unique<OutboxMonitor>(*outbox_, config_, clock_);
  }
  void SubmitOutcome() {
    ASSERT_OK(outbox_->SubmitOutcome({base::NewUuid(), records::Outcome::kWin, 1.0, 0.1},
                                     records::Acknowledge::kWhenDurable, {}));
  }

  testing::TemporaryFolder folder_;
  testing::FakeClock clock_;
  UnusedDelivery delivery_;
  std::unique_ptr<outbox::Outbox> outbox_;
  config::OutboxConfig config_;
  std::unique_ptr<OutboxMonitor> monitor_;
};

TEST_F(OutboxMonitorTest, KnowsNothingBeforeItAsked) {
  EXPECT_THAT(monitor_->Stats(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("not been asked")));
  EXPECT_THAT(monitor_->Trouble(), HasSubstr("not been asked"));
}

TEST_F(OutboxMonitorTest, TellsWhatItSawAtTheLastLook) {
  monitor_->Refresh();
  EXPECT_EQ(monitor_->Trouble(), "");
  SubmitOutcome();
  ASSERT_OK_AND_ASSIGN(const outbox::OutboxStats before, monitor_->Stats());
  EXPECT_EQ(before.usage.OpenRows(), 0);
  monitor_->Refresh();
  ASSERT_OK_AND_ASSIGN(const outbox::OutboxStats after, monitor_->Stats());
  EXPECT_EQ(after.usage.OpenRows(), 1);
  EXPECT_EQ(monitor_->Trouble(), "full: 1 submissions, outbox.max_rows is 1");
}

TEST_F(OutboxMonitorTest, ADiskThatHangsIsNoticedByItsSilence) {
  monitor_->Refresh();
  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(monitor_->Trouble(), "");
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(monitor_->Trouble(), "no answer for 31s: its disk hangs");
  monitor_->Refresh();
  EXPECT_EQ(monitor_->Trouble(), "");
}

TEST_F(OutboxMonitorTest, AnOutboxThatEndedIsTrouble) {
  outbox_->Shutdown(absl::ZeroDuration());
  monitor_->Refresh();
  EXPECT_NE(monitor_->Trouble(), "");
}

}  // namespace
}  // namespace aifx::app
