#include "client/cli/collect/collect_progress.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace aifx::cli {
namespace {

constexpr char kClearLine[] = "\r\x1b[2K";
constexpr size_t kBarWidth = 30;
constexpr size_t kMaxWarnings = 10;  // on a terminal

}  // namespace

void CollectProgress::WriteJson(nlohmann::json event) {
  event["time"] =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", console_.clock.Now(), absl::UTCTimeZone());
  console_.err << event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

void CollectProgress::MoveLine(const std::string& text) {
  console_.err << kClearLine << text << std::flush;
  line_open_ = true;
}

void CollectProgress::Reading(const std::string& what, size_t done, size_t total) {
  if (console_.err_is_terminal) {
    MoveLine(absl::StrFormat("  reading %d of %d: %s", done + 1, total, what));
  } else {
    WriteJson({{"event", "reading"}, {"source", what}, {"done", done}, {"total", total}});
  }
}

void CollectProgress::Batch(size_t written, size_t total) {
  if (!console_.err_is_terminal) {
    WriteJson({{"event", "batch"}, {"written", written}, {"total", total}});
    return;
  }
  const size_t full = written * kBarWidth / std::max(total, size_t{1});
  MoveLine(absl::StrFormat("  writing [%s%s] %d of %d", std::string(full, '#'),
                           std::string(kBarWidth - full, '.'), written, total));
}

void CollectProgress::Warnings(const std::vector<std::string>& warnings) {
  if (!console_.err_is_terminal) {
    for (const std::string& warning : warnings) {
      WriteJson({{"event", "warning"}, {"text", warning}});
    }
    return;
  }
  Finish();
  for (size_t i = 0; i < std::min(warnings.size(), kMaxWarnings); ++i) {
    console_.err << Paint("warning: ", Tone::kCaution, console_.colour_err) << warnings[i] << "\n";
  }
  if (warnings.size() > kMaxWarnings) {
    console_.err << "  and " << warnings.size() - kMaxWarnings << " more like these\n";
  }
}

void CollectProgress::Finish() {
  if (line_open_) console_.err << kClearLine << std::flush;
  line_open_ = false;
}

}  // namespace aifx::cli
