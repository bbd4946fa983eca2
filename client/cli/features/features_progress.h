#ifndef AIFX_CLIENT_CLI_FEATURES_FEATURES_PROGRESS_H_
#define AIFX_CLIENT_CLI_FEATURES_FEATURES_PROGRESS_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "client/cli/console.h"
#include "core/market/candle_history.h"

namespace aifx::cli {

// How the job goes, on console.err: a line that moves on a terminal, else a JSON object a line with
// `time` and `event` ("stage", "series", "warning"). Not thread-safe.
class FeaturesProgress {
 public:
  explicit FeaturesProgress(Console& console) : console_(console) {}
  ~FeaturesProgress() { Finish(); }

  // A pass over a series, such as "checking" or "writing": the callback for its read.
  market::OnReadProgress Stage(const std::string& series, const std::string& stage);
  // A series is done; to a log only, a person sees the report.
  void Series(const std::string& series, int64_t rows, absl::Duration took);
  void Warnings(const std::vector<std::string>& warnings);
  // Takes the moving line away.
  void Finish();

 private:
  void WriteJson(nlohmann::json event);
  void Move(const std::string& text, const market::ReadProgress& progress);

  Console& console_;
  int percent_ = -1;
  bool line_open_ = false;
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_FEATURES_PROGRESS_H_
