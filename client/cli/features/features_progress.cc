#include "client/cli/features/features_progress.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace aifx::cli {
namespace {

constexpr char kClearLine[] = "\r\x1b[2K";
constexpr int kBarWidth = 30;

}  // namespace

void FeaturesProgress::WriteJson(nlohmann::json event) {
  event["time"] =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", console_.clock.Now(), absl::UTCTimeZone());
  console_.err << event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

market::OnReadProgress FeaturesProgress::Stage(const std::string& series,
                                               const std::string& stage) {
  percent_ = -1;
  if (!console_.err_is_terminal) {
    WriteJson({{"event", "stage"}, {"series", series}, {"stage", stage}});
    return nullptr;
  }
  return [this, text = absl::StrCat(series, "  ", stage)](const market::ReadProgress& progress) {
    Move(text, progress);
  };
}

void FeaturesProgress::Move(const std::string& text, const market::ReadProgress& progress) {
  const auto expected = static_cast<double>(std::max<int64_t>(progress.expected, 1));
  const double share = std::clamp(static_cast<double>(progress.candles) / expected, 0.0, 1.0);
  const int percent = static_cast<int>(100 * share);
  if (percent == percent_) return;
  percent_ = percent;
  const int full = percent * kBarWidth / 100;
  console_.err << kClearLine
               << absl::StrFormat("  %s [%s%s] %3d %% of %d candles", text, std::string(full, '#'),
                                  std::string(kBarWidth - full, '.'), percent, progress.expected)
               << std::flush;
  line_open_ = true;
}

void FeaturesProgress::Series(const std::string& series, int64_t rows, absl::Duration took) {
  if (console_.err_is_terminal) return;
  WriteJson({{"event", "series"},
             {"series", series},
             {"rows", rows},
             {"seconds", absl::ToDoubleSeconds(took)}});
}

void FeaturesProgress::Warnings(const std::vector<std::string>& warnings) {
  Finish();
  for (const std::string& warning : warnings) {
    if (console_.err_is_terminal) {
      console_.err << Paint("warning: ", Tone::kCaution, console_.colour_err) << warning << "\n";
    } else {
      WriteJson({{"event", "warning"}, {"text", warning}});
    }
  }
}

void FeaturesProgress::Finish() {
  if (line_open_) console_.err << kClearLine << std::flush;
  line_open_ = false;
}

}  // namespace aifx::cli
