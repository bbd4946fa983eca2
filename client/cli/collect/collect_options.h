#ifndef AIFX_CLIENT_CLI_COLLECT_COLLECT_OPTIONS_H_
#define AIFX_CLIENT_CLI_COLLECT_COLLECT_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cli/training_backend.h"

namespace CLI {
class App;
}

namespace aifx::cli {

// What both collectors are told, as text of the command line.
struct CollectOptions {
  std::vector<std::string> sources;
  std::vector<std::string> pairs;
  std::string start, end;
  size_t batch_size = 1000;
  bool dry_run = false;
  bool json = false;
  BackendOptions backend;
};

// Adds --pairs, --start, --end, --batch-size, --dry-run, --json and those of the backend.
void AddCollectOptions(CLI::App& command, CollectOptions* options);

// Both ends included; absent: no bound.
struct CollectRange {
  std::optional<absl::Time> start, end;

  bool Contains(absl::Time time) const {
    return (!start.has_value() || time >= *start) && (!end.has_value() || time <= *end);
  }
};

// InvalidArgument naming the option and its value.
absl::StatusOr<CollectRange> RangeOf(const CollectOptions& options);
// The currencies of --pairs and those named; empty: all. InvalidArgument likewise.
absl::StatusOr<std::vector<std::string>> CurrenciesOf(const std::vector<std::string>& pairs,
                                                      const std::vector<std::string>& currencies);
// The countries behind --pairs and those named; empty: all. InvalidArgument likewise.
absl::StatusOr<std::vector<std::string>> CountriesOf(const std::vector<std::string>& pairs,
                                                     const std::vector<std::string>& countries);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_COLLECT_COLLECT_OPTIONS_H_
