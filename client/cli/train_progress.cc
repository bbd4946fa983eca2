#include "client/cli/train_progress.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/table.h"
#include "client/cli/words.h"

namespace aifx::cli {
namespace {

constexpr char kClearLine[] = "\r\x1b[2K";
constexpr int kBarWidth = 30;

}  // namespace

void TrainProgress::WriteJson(nlohmann::json event) {
  event["time"] =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", console_.clock.Now(), absl::UTCTimeZone());
  console_.err << event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

void TrainProgress::Stage(const std::string& stage, double done_share) {
  const int percent = static_cast<int>(100 * std::clamp(done_share, 0.0, 1.0));
  const bool new_stage = stage != stage_;
  if (!new_stage && percent == percent_) return;
  stage_ = stage;
  percent_ = percent;
  if (!console_.err_is_terminal) {
    // One line a stage: a log is read by machines, and epochs have their own lines.
    if (new_stage) WriteJson({{"event", "stage"}, {"stage", stage}, {"done", done_share}});
    return;
  }
  const int full = percent * kBarWidth / 100;
  console_.err << kClearLine
               << absl::StrFormat("  %-12s [%s%s] %3d %%", stage, std::string(full, '#'),
                                  std::string(kBarWidth - full, '.'), percent)
               << std::flush;
  line_open_ = true;
}

void TrainProgress::Epoch(const training::EpochReport& epoch) {
  if (!console_.err_is_terminal) {
    WriteJson({{"event", "epoch"},
               {"epoch", epoch.epoch},
               {"train_loss", epoch.train_loss},
               {"validation_loss", epoch.validation_loss},
               {"validation_accuracy", epoch.validation_accuracy},
               {"learning_rate", epoch.learning_rate},
               {"best", epoch.best},
               {"seconds", absl::ToDoubleSeconds(epoch.duration)}});
    return;
  }
  Finish();
  const std::string line = absl::StrFormat(
      "  epoch %2d/%d  loss %.4f  validation %.4f  right %4.1f %%  rate %.1e  %s", epoch.epoch,
      max_epochs_, epoch.train_loss, epoch.validation_loss, epoch.validation_accuracy * 100,
      epoch.learning_rate, DurationWord(epoch.duration));
  console_.err << line << (epoch.best ? Paint("  best", Tone::kGood, console_.colour_err) : "")
               << "\n";
}

void TrainProgress::Warn(const std::string& text) {
  if (!console_.err_is_terminal) return WriteJson({{"event", "warning"}, {"text", text}});
  Finish();
  console_.err << Paint("aifx: warning: ", Tone::kCaution, console_.colour_err) << text << "\n";
}

void TrainProgress::Finish() {
  if (line_open_) console_.err << kClearLine << std::flush;
  line_open_ = false;
}

std::string TrainReportText(const training::TrainReport& report, bool colour) {
  std::string text = absl::StrCat(
      Paint(absl::StrCat(report.model_name, " ", report.version), Tone::kStrong, colour),
      report.activated ? "  trained and active\n" : "  trained\n");
  text += FactLine(
      "took", absl::StrCat(DurationWord(report.duration), ", ", report.epochs, " epochs"), colour);
  text += FactLine("candles", absl::StrCat(report.candles), colour);
  text += FactLine("samples",
                   absl::StrCat(report.samples, ": fit ", report.fit_samples, ", early stopping ",
                                report.stop_samples, ", calibration ", report.calibration_samples,
                                ", gate ", report.gate_samples),
                   colour);
  text += FactLine("backend id",
                   report.backend_id.empty()
                       ? Paint(absl::StrCat("registration pending: ", report.registration_error),
                               Tone::kCaution, colour)
                       : report.backend_id,
                   colour);
  return text;
}

nlohmann::json TrainReportJson(const training::TrainReport& report) {
  return {{"model_name", report.model_name},
          {"version", report.version},
          {"backend_id", report.backend_id},
          {"registration_error", report.registration_error},
          {"candles", report.candles},
          {"samples", report.samples},
          {"fit_samples", report.fit_samples},
          {"stop_samples", report.stop_samples},
          {"calibration_samples", report.calibration_samples},
          {"gate_samples", report.gate_samples},
          {"epochs", report.epochs},
          {"activated", report.activated},
          {"metrics", report.metrics},
          {"seconds", absl::ToDoubleSeconds(report.duration)}};
}

}  // namespace aifx::cli
