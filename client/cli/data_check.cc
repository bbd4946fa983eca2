// aifx data check: what a series of candles is like, before anything is built on it.
#include "client/cli/data_check.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/cli/candles_csv.h"
#include "client/cli/commands.h"
#include "client/cli/errors.h"
#include "client/cli/training_backend.h"
#include "client/cli/words.h"
#include "core/base/files.h"
#include "core/base/ids.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

struct DataCheckCommand {
  std::string pair, timeframe = "1h", start, end, csv;
  bool json = false;
  BackendOptions backend;
};

struct Series {
  market::CurrencyPair pair;
  market::Timeframe timeframe;
  absl::Time start, end;
};

absl::StatusOr<Series> SeriesOf(const DataCheckCommand& command, absl::Time now) {
  AIFX_ASSIGN_OR_RETURN(const market::CurrencyPair pair, market::CurrencyPair::Parse(command.pair));
  AIFX_ASSIGN_OR_RETURN(const market::Timeframe timeframe,
                        market::ParseTimeframe(command.timeframe));
  Series series{.pair = pair, .timeframe = timeframe, .start = absl::InfinitePast(), .end = now};
  if (!command.start.empty()) {
    AIFX_ASSIGN_OR_RETURN(series.start, ParseTimeWord(command.start));
  }
  if (!command.end.empty()) {
    AIFX_ASSIGN_OR_RETURN(series.end, ParseTimeWord(command.end));
  }
  return series;
}

absl::StatusOr<std::vector<market::Candle>> ReadFile(const DataCheckCommand& command,
                                                     const Series& series) {
  AIFX_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(command.csv));
  AIFX_ASSIGN_OR_RETURN(std::vector<market::Candle> candles,
                        ParseCandlesCsv(text, command.csv, series.pair.PipSize()));
  std::erase_if(candles, [&](const market::Candle& candle) {
    return candle.open_time < series.start || candle.open_time >= series.end;
  });
  return candles;
}

absl::StatusOr<std::vector<market::Candle>> ReadBackend(const DataCheckCommand& command,
                                                        const Series& series, Console& console) {
  AIFX_ASSIGN_OR_RETURN(const auto backend, TrainingBackend::Open(command.backend, console,
                                                                  http::Priority::kBackground));
  return backend->client().Range(series.pair, series.timeframe, series.start, series.end,
                                 {.request_id = base::NewUuid()});
}

int Check(const DataCheckCommand& command, Console& console) {
  const absl::StatusOr<Series> series = SeriesOf(command, console.clock.Now());
  if (!series.ok()) {
    ReportError("data check", series.status(), console);
    return kUsage;
  }
  const auto candles =
      command.csv.empty() ? ReadBackend(command, *series, console) : ReadFile(command, *series);
  if (!candles.ok()) return ReportError("data check", candles.status(), console);
  market::QualityChecker checker(series->timeframe, market::QualityRules());
  for (const market::Candle& candle : *candles) checker.Add(candle);
  const market::QualityReport report = checker.Finish();
  const market::QualityVerdict verdict = market::Judge(report);
  if (command.json) {
    nlohmann::json object = QualityJson(report, verdict);
    object["pair"] = series->pair.ToString();
    object["timeframe"] = market::TimeframeName(series->timeframe);
    console.out << object.dump() << "\n";
  } else {
    const std::string name =
        absl::StrCat(series->pair.ToString(), " ", market::TimeframeName(series->timeframe));
    console.out << QualityText(report, verdict, name, console.colour_out);
  }
  if (report.candles == 0) {
    console.err << "aifx: there are no candles of " << series->pair.ToString() << " "
                << market::TimeframeName(series->timeframe) << " in that time\n";
    return kTooLittleData;
  }
  return verdict.refusals.empty() ? kDone : kFailed;
}

}  // namespace

void AddData(CLI::App& app, Invocation& invocation) {
  CLI::App* data = app.add_subcommand("data", "Look at the candles that jobs work on");
  data->require_subcommand(1);
  auto command = std::make_shared<DataCheckCommand>();
  CLI::App* sub = data->add_subcommand(
      "check",
      "Report gaps, misplaced and impossible candles, outliers, flat stretches and shifted "
      "time zones; exit code 1 where a job would refuse the series");
  sub->add_option("--pair", command->pair, "Such as EUR/USD")->required()->type_name("PAIR");
  sub->add_option("--timeframe", command->timeframe, "1min 5min 15min 30min 1h 4h 1d 1w 1M")
      ->type_name("NAME")
      ->capture_default_str();
  sub->add_option("--start", command->start, "Candles from then on; default: all")
      ->type_name("TIME");
  sub->add_option("--end", command->end, "Candles open before then; default: now")
      ->type_name("TIME");
  sub->add_option("--csv", command->csv,
                  "Read this file (timestamp, open, high, low, close) instead of the backend")
      ->type_name("FILE");
  sub->add_flag("--json", command->json, "Write one line of JSON with every place");
  AddBackendOptions(*sub, &command->backend);
  sub->callback([command, &invocation] {
    invocation.run = [command, &invocation] { return Check(*command, invocation.console); };
  });
}

}  // namespace aifx::cli
