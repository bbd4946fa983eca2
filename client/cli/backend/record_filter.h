#ifndef AIFX_CLIENT_CLI_BACKEND_RECORD_FILTER_H_
#define AIFX_CLIENT_CLI_BACKEND_RECORD_FILTER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/backend/backend_command.h"
#include "client/cli/table.h"
#include "core/records/record.h"

namespace CLI {
class App;
}

namespace aifx::cli {

// How the lists of signals, trades and predictions are narrowed, as text of the command line.
struct RecordFilter : BackendCommand {
  std::string pair, status, outcome, start, end;
  std::optional<double> min_confidence;
  int64_t limit = 20;
};

// Each adds the options of its name.
void AddPairAndLimit(CLI::App& app, RecordFilter* filter);
void AddOutcomeAndConfidence(CLI::App& app, RecordFilter* filter);
void AddCreationRange(CLI::App& app, RecordFilter* filter);

// Absent where the option is empty; InvalidArgument names the option.
absl::StatusOr<std::optional<records::Outcome>> OutcomeOption(const std::string& text);

// What signals and predictions have in common: time, pair, timeframe, signal, confidence, entry
// price, outcome, profit.
std::vector<Table::Column> RecordColumns();
std::vector<Cell> RecordCells(const records::PredictionRecord& record);
nlohmann::json RecordJson(const records::PredictionRecord& record);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_BACKEND_RECORD_FILTER_H_
