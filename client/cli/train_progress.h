#ifndef AIFX_CLIENT_CLI_TRAIN_PROGRESS_H_
#define AIFX_CLIENT_CLI_TRAIN_PROGRESS_H_

#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/console.h"
#include "core/training/train.h"

namespace aifx::cli {

// How a training run goes, on console.err: a line that moves and a line an epoch on a terminal,
// else a JSON object a line with `time` and `event` ("stage", "epoch", "warning"). Not thread-safe.
class TrainProgress {
 public:
  TrainProgress(Console& console, int max_epochs) : console_(console), max_epochs_(max_epochs) {}

  void Stage(const std::string& stage, double done_share);
  void Epoch(const training::EpochReport& epoch);
  // What went wrong without failing the run.
  void Warn(const std::string& text);
  // Takes the moving line away.
  void Finish();

 private:
  void WriteJson(nlohmann::json event);

  Console& console_;
  int max_epochs_;
  std::string stage_;
  int percent_ = -1;
  bool line_open_ = false;
};

// What came of a run, for a person and for a program.
std::string TrainReportText(const training::TrainReport& report, bool colour);
nlohmann::json TrainReportJson(const training::TrainReport& report);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_TRAIN_PROGRESS_H_
