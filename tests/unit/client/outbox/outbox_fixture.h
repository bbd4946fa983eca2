#ifndef AIFX_TESTS_UNIT_CLIENT_OUTBOX_OUTBOX_FIXTURE_H_
#define AIFX_TESTS_UNIT_CLIENT_OUTBOX_OUTBOX_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "client/outbox/outbox.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/outbox/fake_delivery.h"

namespace aifx::outbox {

// Keeps every line with its level and fields as text.
class RecordingLogger final : public base::Logger {
 public:
  void Log(base::LogLevel level, absl::string_view message,
           const base::LogFields& fields) override {
    if (on_line) on_line(message);
    base::MutexLock lock(mutex_);
    text_ += level == base::LogLevel::kError ? "ERROR " : "";
    text_ += std::string(message);
    for (const auto& [name, value] : fields) text_ += " " + name + "=" + value;
    text_ += "\n";
  }
  std::string text() {
    base::MutexLock lock(mutex_);
    return text_;
  }

  // Called with each message, without a lock.
  std::function<void(absl::string_view message)> on_line;

 private:
  base::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
};

// The n-th of some request ids.
inline std::string Id(int n) { return absl::StrFormat("0b3f6a54-8f2e-4c57-9d53-%012x", n); }

inline records::Submission SubmissionNumber(int n, double entry_price = 1.1) {
  return {.request_id = Id(n),
          .pair = market::CurrencyPair::Parse("EUR/USD").value(),
          .timeframe = market::Timeframe::k1Hour,
          .signal = records::Signal::kBuy,
          .confidence = 0.61,
          .factors = {0.7, 0.5, 0.1},
          .entry_price = entry_price,
          .stop_loss = 1.05,
          .take_profit = 1.2,
          .technical_data_json = R"({"asOf":"2018-06-12T10:00:00Z"})"};
}

// An outbox in a temporary folder, over a FakeDelivery and a FakeClock, that sends only when told
// to (Drain).
class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() {
    options_.folder = folder_ / "outbox";
    options_.workers = 0;
  }

  void Open() {
    outbox_.reset();
    auto opened = TryOpen();
    ASSERT_OK(opened);
    outbox_ = *std::move(opened);
  }
  absl::StatusOr<std::unique_ptr<Outbox>> TryOpen() {
    return Outbox::Open(options_, {delivery_, clock_, logger_, [] { return 0.5; }});
  }

  records::SubmissionReceipt Submit(int n) {
    const auto receipt =
        outbox_->Submit(SubmissionNumber(n), records::Acknowledge::kWhenDurable, {});
    EXPECT_OK(receipt);
    return receipt.value_or(records::SubmissionReceipt{});
  }
  records::SubmissionReceipt SubmitOutcome(int n, records::Outcome outcome) {
    const auto receipt = outbox_->SubmitOutcome({Id(n), outcome, 12.5, 0.11},
                                                records::Acknowledge::kWhenDurable, {});
    EXPECT_OK(receipt);
    return receipt.value_or(records::SubmissionReceipt{});
  }
  records::SubmissionReceipt Get(
      int n, records::SubmissionKind kind = records::SubmissionKind::kPrediction) {
    const auto receipt = outbox_->Get(kind, Id(n), {});
    EXPECT_OK(receipt);
    return receipt.value_or(records::SubmissionReceipt{});
  }
  records::SubmissionState State(
      int n, records::SubmissionKind kind = records::SubmissionKind::kPrediction) {
    return Get(n, kind).state;
  }
  void Drain() { outbox_->DrainDue(); }
  void AdvanceAndDrain(absl::Duration duration) {
    clock_.Advance(duration);
    Drain();
  }
  OutboxStats Stats() { return outbox_->Stats().value(); }

  static constexpr auto kOutcome = records::SubmissionKind::kOutcome;

  testing::TemporaryFolder folder_;
  testing::FakeClock clock_;
  RecordingLogger logger_;
  FakeDelivery delivery_;
  OutboxOptions options_;
  std::unique_ptr<Outbox> outbox_;
};

}  // namespace aifx::outbox

#endif  // AIFX_TESTS_UNIT_CLIENT_OUTBOX_OUTBOX_FIXTURE_H_
