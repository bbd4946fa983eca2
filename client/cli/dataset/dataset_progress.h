#ifndef AIFX_CLIENT_CLI_DATASET_DATASET_PROGRESS_H_
#define AIFX_CLIENT_CLI_DATASET_DATASET_PROGRESS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/console.h"

namespace aifx::cli {

// How the building of data sets goes, on console.err: a line that moves on a terminal, else a JSON
// object a line with `time`, `event` ("stage", "warning") and `series`. Not thread-safe.
class DatasetProgress {
 public:
  explicit DatasetProgress(Console& console) : console_(console) {}
  ~DatasetProgress() { Finish(); }

  // What follows is about this series: "EUR/USD 1h".
  void Series(const std::string& series) { series_ = series; }
  // "candles", "macro", "features" or "writing"; `done` of `total` where there is a total.
  void Stage(const std::string& stage, int64_t done = 0, int64_t total = 0);
  // Something odd that does not stop the job.
  void Warn(const std::string& text);
  // Takes the moving line away.
  void Finish();

 private:
  void WriteJson(nlohmann::json event);

  Console& console_;
  std::string series_, stage_;
  bool line_open_ = false;
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_DATASET_DATASET_PROGRESS_H_
