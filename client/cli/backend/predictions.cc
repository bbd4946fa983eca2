// aifx backend predictions: what was submitted to the backend, newest first.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/backend/record_filter.h"
#include "client/cli/backend/subcommands.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

constexpr int64_t kPageSize = 100;  // the most that the port gives at a time

absl::StatusOr<records::PredictionQuery> MakeQuery(const RecordFilter& filter) {
  records::PredictionQuery query{
      .pair = {}, .status = {}, .outcome = {}, .min_confidence = filter.min_confidence};
  AIFX_ASSIGN_OR_RETURN(query.pair, PairOption(filter.pair));
  AIFX_ASSIGN_OR_RETURN(query.outcome, OutcomeOption(filter.outcome));
  if (!filter.status.empty()) {
    AIFX_ASSIGN_OR_RETURN(query.status,
                          records::ParsePredictionStatus(absl::AsciiStrToLower(filter.status)));
  }
  return query;
}

// Pages until `limit` rows came or none are left.
absl::StatusOr<records::PredictionPage> ReadAll(records::PredictionQuery query, int64_t limit,
                                                backend::BackendClient& client,
                                                const base::CallContext& context) {
  records::PredictionPage all;
  while (query.offset < limit) {
    query.limit = std::min(kPageSize, limit - query.offset);
    AIFX_ASSIGN_OR_RETURN(records::PredictionPage page, client.ListPredictions(query, context));
    const int64_t received = static_cast<int64_t>(page.predictions.size()) + page.skipped;
    std::move(page.predictions.begin(), page.predictions.end(),
              std::back_inserter(all.predictions));
    all.total = page.total;
    all.skipped += page.skipped;
    query.offset += received;
    if (received == 0 || query.offset >= page.total) break;
  }
  return all;
}

absl::StatusOr<Shown> Show(const RecordFilter& filter, const BackendCall& call) {
  AIFX_ASSIGN_OR_RETURN(records::PredictionQuery query, MakeQuery(filter));
  AIFX_ASSIGN_OR_RETURN(const auto page,
                        ReadAll(std::move(query), filter.limit, call.client, call.context));
  Shown shown{.json = {{"predictions", nlohmann::json::array()},
                       {"total", page.total},
                       {"skipped", page.skipped}}};
  std::vector<Table::Column> columns = RecordColumns();
  columns.push_back({"id"});
  Table table(columns);
  for (const records::PredictionRecord& record : page.predictions) {
    shown.json["predictions"].push_back(RecordJson(record));
    std::vector<Cell> cells = RecordCells(record);
    cells.push_back({record.backend_prediction_id});
    table.AddRow(std::move(cells));
  }
  shown.text = (table.empty() ? "no predictions\n" : table.ToString(call.colour)) +
               CountLine(page.predictions.size(), page.total, page.skipped, call.colour);
  return shown;
}

}  // namespace

void AddBackendPredictions(CLI::App& group, Invocation& invocation) {
  auto filter = std::make_shared<RecordFilter>();
  CLI::App* app = group.add_subcommand("predictions", "List predictions, newest first");
  AddPairAndLimit(*app, filter.get());
  app->add_option("--status", filter->status, "active, triggered, stopped, expired or cancelled")
      ->type_name("WORD");
  AddOutcomeAndConfidence(*app, filter.get());
  FinishBackendCommand(*app, "predictions", filter, Show, invocation);
}

}  // namespace aifx::cli
