#include "client/cli/dataset/dataset_progress.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace aifx::cli {
namespace {

constexpr char kClearLine[] = "\r\x1b[2K";
constexpr int64_t kBarWidth = 30;

}  // namespace

void DatasetProgress::WriteJson(nlohmann::json event) {
  event["time"] =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", console_.clock.Now(), absl::UTCTimeZone());
  event["series"] = series_;
  console_.err << event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

void DatasetProgress::Stage(const std::string& stage, int64_t done, int64_t total) {
  if (!console_.err_is_terminal) {
    // One line a stage: a log is read by machines.
    if (stage != stage_) WriteJson({{"event", "stage"}, {"stage", stage}});
    stage_ = stage;
    return;
  }
  stage_ = stage;
  std::string text = absl::StrCat("  ", series_, "  ", stage);
  if (total > 0) {
    const auto full = static_cast<size_t>(done * kBarWidth / total);
    text += absl::StrFormat("  [%s%s] %d of %d windows", std::string(full, '#'),
                            std::string(static_cast<size_t>(kBarWidth) - full, '.'), done, total);
  }
  console_.err << kClearLine << text << std::flush;
  line_open_ = true;
}

void DatasetProgress::Warn(const std::string& text) {
  if (!console_.err_is_terminal) return WriteJson({{"event", "warning"}, {"text", text}});
  Finish();
  console_.err << Paint("aifx: warning: ", Tone::kCaution, console_.colour_err) << series_ << ": "
               << text << "\n";
}

void DatasetProgress::Finish() {
  if (line_open_) console_.err << kClearLine << std::flush;
  line_open_ = false;
  stage_.clear();
}

}  // namespace aifx::cli
