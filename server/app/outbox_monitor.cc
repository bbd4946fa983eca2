#include "server/app/outbox_monitor.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace aifx::app {
namespace {

// What the outbox said longer ago tells nothing any more: its disk hangs.
constexpr absl::Duration kTooOld = absl::Seconds(30);

}  // namespace

OutboxMonitor::OutboxMonitor(outbox::Outbox& outbox, const config::OutboxConfig& config,
                             base::Clock& clock)
    : outbox_(outbox),
      config_(config),
      clock_(clock),
      stats_(absl::UnavailableError("the outbox has not been asked yet")),
      refreshed_(clock.Now()) {}

void OutboxMonitor::Refresh() {
  auto stats = outbox_.Stats();
  base::MutexLock lock(mutex_);
  stats_ = std::move(stats);
  refreshed_ = clock_.Now();
}

absl::StatusOr<outbox::OutboxStats> OutboxMonitor::Stats() const {
  base::MutexLock lock(mutex_);
  return stats_;
}

std::string OutboxMonitor::Trouble() const {
  base::MutexLock lock(mutex_);
  if (!stats_.ok()) return std::string(stats_.status().message());
  if (!stats_->disk.ok()) return absl::StrCat("its disk fails: ", stats_->disk.message());
  if (stats_->usage.OpenRows() >= config_.max_rows) {
    return absl::StrCat("full: ", stats_->usage.OpenRows(), " submissions, outbox.max_rows is ",
                        config_.max_rows);
  }
  if (stats_->usage.open_bytes >= config_.max_bytes) {
    return absl::StrCat("full: ", stats_->usage.open_bytes, " bytes, outbox.max_bytes is ",
                        config_.max_bytes);
  }
  const absl::Duration age = clock_.Now() - refreshed_;
  if (age > kTooOld) {
    return absl::StrCat("no answer for ", absl::FormatDuration(absl::Trunc(age, absl::Seconds(1))),
                        ": its disk hangs");
  }
  return "";
}

}  // namespace aifx::app
