// aifx-server: the gRPC service. Exit codes: 0 served and drained, or --help; 1 could not serve or
// was forced to end; 2 wrong configuration.
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "core/base/build_info.h"
#include "core/base/clock.h"
#include "core/model/model.h"
#include "server/app/config_reloader.h"
#include "server/app/server_app.h"
#include "server/config/parse.h"
#include "server/ops/grpc_log.h"
#include "server/ops/logger.h"
#include "server/ops/signals.h"

namespace {

using aifx::base::LogLevel;
using aifx::config::LogFormat;

std::string VersionText() {
  return absl::StrCat("aifx-server ", aifx::base::ProjectVersion(), " (git ",
                      aifx::base::GitRevision(), ")\nLibTorch ",
                      aifx::model::TensorLibraryVersion(), "\ngRPC ", grpc::Version());
}

std::unique_ptr<aifx::ops::ServerLogger> LoggerOf(const aifx::config::LogConfig& log) {
  const bool text = log.format == LogFormat::kText ||
                    (log.format == LogFormat::kAuto && isatty(STDERR_FILENO) != 0);
  return aifx::ops::MakeLogger(std::cerr,
                               text ? aifx::ops::LogForm::kText : aifx::ops::LogForm::kJson,
                               log.level, aifx::base::SystemClock());
}

// What only the program knows of itself.
void CollectProgramMetrics(const aifx::ops::ServerLogger& logger, aifx::base::MetricSink& sink) {
  sink.Gauge("aifx_build_info", "1, with what was built.")
      .Add({{"version", aifx::base::ProjectVersion()}, {"revision", aifx::base::GitRevision()}}, 1);
  auto& lines = sink.Counter("aifx_log_lines_total", "Lines written to the log, by level.");
  for (const auto level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    lines.Add({{"level", aifx::ops::LogLevelName(level)}},
              static_cast<double>(logger.Lines(level)));
  }
}

void PrintReady(const aifx::app::ServerApp& app) {
  std::cout << "READY grpc=" << app.Address();
  if (!app.MetricsAddress().empty()) std::cout << " metrics=" << app.MetricsAddress();
  std::cout << std::endl;
}

int Serve(const aifx::config::ConfigSources& sources, const aifx::config::ParsedConfig& parsed,
          aifx::ops::ServerLogger& logger) {
  auto app = aifx::app::ServerApp::Start(parsed.config, logger);
  if (!app.ok()) {
    logger.Error("cannot serve", {{"error", std::string(app.status().message())}});
    return 1;
  }
  aifx::app::ConfigReloader reloader(sources, parsed, **app, logger);
  (*app)->metrics().AddCollector([&](aifx::base::MetricSink& sink) {
    CollectProgramMetrics(logger, sink);
    reloader.Collect(sink);
  });
  logger.Info("serving", {{"grpc", (*app)->Address()},
                          {"metrics", (*app)->MetricsAddress()},
                          {"version", aifx::base::ProjectVersion()},
                          {"revision", aifx::base::GitRevision()}});
  PrintReady(**app);
  int signal = 0;
  while ((signal = aifx::ops::WaitForSignal()) == SIGHUP) reloader.Reload();
  logger.Info("asked to end", {{"signal", absl::StrCat(signal)}});
  const aifx::ops::EndSignalWatch force([&] {
    logger.Warning("forced to end by a second signal");
    std::cout.flush();
    std::_Exit(1);  // without waiting for calls or for the outbox, which destructors would
  });
  const auto result = (*app)->DrainAndStop([](absl::Duration time) {
    absl::SleepFor(time);
    return false;  // a second signal ends the process there and then
  });
  app->reset();  // which waits for what the drain gave up on
  logger.Info("ended");
  return result == aifx::ops::DrainResult::kClean ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  // Debian's Abseil looks for lock cycles at every lock that gRPC takes; on the request's path that
  // costs more than parsing the request.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  aifx::ops::BlockSignals();
  const auto sources = aifx::config::ConfigSources::OfProcess(argc, argv);
  const auto parsed = aifx::config::ParseServerConfig(sources, VersionText());
  if (!parsed.ok()) {
    std::cerr << aifx::config::ConfigErrorText(parsed.status());
    return 2;
  }
  if (!parsed->text_to_print.empty()) {
    std::cout << parsed->text_to_print;
    return 0;
  }
  const std::unique_ptr<aifx::ops::ServerLogger> logger = LoggerOf(parsed->config.log);
  aifx::ops::RouteGrpcLog(logger.get());
  const int exit_code = Serve(sources, *parsed, *logger);
  aifx::ops::RouteGrpcLog(nullptr);
  return exit_code;
}
