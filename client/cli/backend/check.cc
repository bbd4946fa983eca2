// aifx backend check: an acceptance run against any deployment of the backend.
#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "client/cli/backend/acceptance.h"
#include "client/cli/backend/acceptance_text.h"
#include "client/cli/backend/backend_command.h"
#include "client/cli/backend/subcommands.h"
#include "client/cli/errors.h"
#include "client/http/url.h"
#include "core/base/ids.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

constexpr char kHelp[] = R"(
The 14 checks: health; register a model version; update its status; log a training session; submit
a prediction; update its outcome; accuracy; market data; signals; trades; stats; model versions; no
client library of the backend's database and no connection to one; an invalid key is refused. Then
it says which newer routes the deployment has; these are not needed to pass.

What it writes is marked: a model version of aifx-acceptance-check, retired in the end, with a
training log, and a HOLD prediction of confidence 0.01 that ends at break even.

A key given with --key is visible to everybody on this machine (`ps`) and stays in the shell's
history: prefer --key-file, or ML_ENGINE_API_KEY in the environment.

Exit codes: 0 all 14 passed, 1 not all, 2 wrong usage, 3 the backend does not answer at all.)";

struct CheckCommand {
  BackendOptions backend;
  std::string pair = "EUR/USD";
  std::string timeframe = "1h";
  double timeout_seconds = 10;
  int repeat = 0;
  bool json = false;
};

// A line on a terminal that says what is being done; nothing elsewhere.
class ProgressLine {
 public:
  explicit ProgressLine(Console& console) : console_(console) {}
  ~ProgressLine() { Clear(); }

  void Show(const std::string& what) {
    if (!console_.err_is_terminal) return;
    console_.err << "\r\x1b[K" << what << " ..." << std::flush;
    open_ = true;
  }
  void Clear() {
    if (open_) console_.err << "\r\x1b[K" << std::flush;
    open_ = false;
  }

 private:
  Console& console_;
  bool open_ = false;
};

absl::StatusOr<AcceptanceOptions> MakeOptions(const CheckCommand& command) {
  AIFX_ASSIGN_OR_RETURN(const http::BaseUrl url, http::ParseBaseUrl(command.backend.url));
  AIFX_ASSIGN_OR_RETURN(const auto pair, market::CurrencyPair::Parse(command.pair));
  AIFX_ASSIGN_OR_RETURN(const auto timeframe, market::ParseTimeframe(command.timeframe));
  return AcceptanceOptions{.url = url.text,
                           .port = url.port,
                           .pair = pair,
                           .timeframe = timeframe,
                           .call_timeout = absl::Seconds(command.timeout_seconds),
                           .repeat = command.repeat};
}

absl::StatusOr<AcceptanceReport> Check(const CheckCommand& command, Console& console) {
  AIFX_ASSIGN_OR_RETURN(const AcceptanceOptions options, MakeOptions(command));
  BackendOptions backend_options = command.backend;
  backend_options.retry.max_attempts = 1;  // a call that fails is a result here
  AIFX_ASSIGN_OR_RETURN(const auto backend, TrainingBackend::Open(backend_options, console));
  backend_options.key = absl::StrCat("invalid-key-of-aifx-backend-check-", base::NewUuid());
  AIFX_ASSIGN_OR_RETURN(const auto stranger, TrainingBackend::Open(backend_options, console));
  OwnProcessView process;
  ProgressLine progress(console);
  return RunAcceptance(options,
                       {.client = backend->client(),
                        .stranger = stranger->client(),
                        .process = process,
                        .clock = console.clock,
                        .new_uuid = base::NewUuid,
                        .progress = [&](const std::string& what) { progress.Show(what); }});
}

int RunCheck(const CheckCommand& command, Console& console) {
  const absl::StatusOr<AcceptanceReport> report = Check(command, console);
  if (!report.ok()) {
    ReportError("backend check", report.status(), console);
    return absl::IsInvalidArgument(report.status()) ? kUsage : kFailed;
  }
  if (command.json) {
    console.out << AcceptanceJson(*report).dump(-1, ' ', false,
                                                nlohmann::json::error_handler_t::replace)
                << "\n";
  } else if (report->answered) {
    console.out << AcceptanceText(*report, console.colour_out);
  }
  if (!report->answered) {
    ReportError("backend check", absl::UnavailableError(report->checks[0].detail), console);
    return kUnreachable;
  }
  return report->AllPassed() ? kDone : kFailed;
}

}  // namespace

void AddBackendCheck(CLI::App& group, Invocation& invocation) {
  auto command = std::make_shared<CheckCommand>();
  CLI::App* app = group.add_subcommand("check", "Check that a deployment of the backend is usable");
  AddBackendOptions(*app, &command->backend);
  app->add_option("--key", command->backend.key, "The key itself; visible in `ps`, see below")
      ->type_name("KEY");
  app->add_option("--pair", command->pair, "Pair whose candles are read")
      ->type_name("PAIR")
      ->capture_default_str();
  app->add_option("--timeframe", command->timeframe, "Their length")
      ->type_name("NAME")
      ->capture_default_str();
  app->add_option("--timeout", command->timeout_seconds, "Longest wait for one call")
      ->check(CLI::Range(0.001, 600.0))
      ->type_name("SECONDS")
      ->capture_default_str();
  app->add_option("--repeat", command->repeat,
                  "Then call every route so often and show its response times; the writing ones "
                  "write each time")
      ->check(CLI::Range(1, 10000))
      ->type_name("N");
  app->add_flag("--json", command->json, "Write the report as one line of JSON");
  app->footer(kHelp);
  RunWhenCalled(*app, invocation,
                [command](Console& console) { return RunCheck(*command, console); });
}

}  // namespace aifx::cli
