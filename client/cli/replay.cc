// aifx replay: computes a recorded prediction again and compares it bit by bit.
#include "core/journal/replay.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/commands.h"
#include "client/cli/errors.h"
#include "core/journal/segments.h"
#include "core/model/strict_json.h"

namespace aifx::cli {
namespace {

using nlohmann::json;

struct ReplayCommand {
  std::string id;
  std::string journal_dir, models_dir = "models";
  bool json = false;
};

std::string Utc(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

json DecisionJson(const journal::RecordedDecision& decision) {
  const auto optional = [](const std::optional<double>& value) {
    return value.has_value() ? json(*value) : json();
  };
  return {{"signal", decision.signal},
          {"hold_reason", decision.hold_reason},
          {"probabilities", decision.probabilities},
          {"confidence", decision.confidence},
          {"entry_price", decision.entry_price},
          {"stop_loss", optional(decision.stop_loss)},
          {"take_profit", optional(decision.take_profit)}};
}

void WriteJson(const journal::JournalEntry& entry, const journal::ReplayResult& result,
               Console& console) {
  const json line = {{"id", entry.id},
                     {"recorded_at", Utc(entry.recorded_at)},
                     {"now", Utc(entry.now)},
                     {"pair", entry.pair.ToString()},
                     {"timeframe", market::TimeframeName(entry.timeframe)},
                     {"model", entry.model},
                     {"version", entry.version},
                     {"kernel", entry.kernel},
                     {"replay_kernel", result.kernel},
                     {"recorded", DecisionJson(entry.decision)},
                     {"replayed", DecisionJson(result.decision)},
                     {"same", result.differences.empty()},
                     {"differences", result.differences}};
  console.out << model::DumpJson(line) << "\n";
}

std::string DecisionText(const journal::RecordedDecision& decision) {
  std::string text = decision.signal;
  if (!decision.hold_reason.empty()) absl::StrAppend(&text, " (", decision.hold_reason, ")");
  absl::StrAppendFormat(&text, ", confidence %.4f, entry %.5f", decision.confidence,
                        decision.entry_price);
  if (decision.stop_loss.has_value())
    absl::StrAppendFormat(&text, ", stop %.5f", *decision.stop_loss);
  if (decision.take_profit.has_value()) {
    absl::StrAppendFormat(&text, ", take %.5f", *decision.take_profit);
  }
  return text;
}

void WriteText(const journal::JournalEntry& entry, const journal::ReplayResult& result,
               Console& console) {
  console.out << "asked     " << entry.pair.ToString() << " "
              << market::TimeframeName(entry.timeframe) << " as of " << Utc(entry.now) << ", "
              << entry.candles.size() << " candles, the newest of "
              << Utc(entry.candles.back().open_time) << "\n"
              << "model     " << entry.model << " " << entry.version << " (" << entry.kernel
              << ")\n"
              << "answered  " << DecisionText(entry.decision) << "\n";
  if (result.differences.empty()) {
    console.out << Paint("replay    the same bits", Tone::kGood, console.colour_out) << "\n";
    return;
  }
  console.out << "replayed  " << DecisionText(result.decision) << "\n"
              << Paint("replay    differs", Tone::kBad, console.colour_out) << "\n";
  for (const std::string& difference : result.differences) {
    console.out << "  " << difference << "\n";
  }
}

int RunReplay(const ReplayCommand& command, Console& console) {
  const std::string what = absl::StrCat("replay of ", command.id);
  const auto entry = journal::FindEntry(command.journal_dir, command.id);
  if (!entry.ok()) {
    ReportError(what, entry.status(), console);
    return kFailed;
  }
  const auto result = journal::Replay(*entry, model::ModelStore(command.models_dir));
  if (!result.ok()) {
    ReportError(what, result.status(), console);
    return kFailed;
  }
  if (command.json) {
    WriteJson(*entry, *result, console);
  } else {
    WriteText(*entry, *result, console);
  }
  return result->differences.empty() ? kDone : kFailed;
}

}  // namespace

void AddReplay(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<ReplayCommand>();
  CLI::App* sub = app.add_subcommand(
      "replay", "Compute a recorded prediction again: 0 where it is the same to the last bit");
  sub->add_option("id", command->id, "The prediction's id")->required()->type_name("ID");
  sub->add_option("--journal-dir", command->journal_dir, "Folder of the server's journal")
      ->required()
      ->type_name("DIR");
  sub->add_option("--models-dir", command->models_dir, "Folder of the model store")
      ->capture_default_str()
      ->type_name("DIR");
  sub->add_flag("--json", command->json, "Write the answer as one line of JSON");
  sub->callback([command, &invocation] {
    invocation.run = [command, &invocation] { return RunReplay(*command, invocation.console); };
  });
}

}  // namespace aifx::cli
