#ifndef AIFX_CLIENT_CLI_COLLECT_COLLECT_PROGRESS_H_
#define AIFX_CLIENT_CLI_COLLECT_COLLECT_PROGRESS_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "client/cli/console.h"

namespace aifx::cli {

// How a collection goes, on console.err: a line that moves on a terminal, else a JSON object a line
// with `time` and `event` ("reading", "batch", "warning"). Not thread-safe.
class CollectProgress {
 public:
  explicit CollectProgress(Console& console) : console_(console) {}
  ~CollectProgress() { Finish(); }

  // A source, or a series, is read now: the done + 1st of `total`.
  void Reading(const std::string& what, size_t done, size_t total);
  // So many records are written, of so many.
  void Batch(size_t written, size_t total);
  // On a terminal only the first ones in full, then how many more.
  void Warnings(const std::vector<std::string>& warnings);
  // Takes the moving line away.
  void Finish();

 private:
  void WriteJson(nlohmann::json event);
  void MoveLine(const std::string& text);

  Console& console_;
  bool line_open_ = false;
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_COLLECT_COLLECT_PROGRESS_H_
