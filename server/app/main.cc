// aifx-server: the gRPC service. Exit codes: 0 served and drained, or --help; 1 could not serve or
// was forced to end; 2 wrong configuration.
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "core/base/build_info.h"
#include "core/base/clock.h"
#include "core/model/model.h"
#include "server/app/server_app.h"
#include "server/config/parse.h"
#include "server/ops/grpc_log.h"
#include "server/ops/logger.h"
#include "server/ops/signals.h"

namespace {

using aifx::config::LogFormat;

std::string VersionText() {
  return absl::StrCat("aifx-server ", aifx::base::ProjectVersion(), " (git ",
                      aifx::base::GitRevision(), ")\nLibTorch ",
                      aifx::model::TensorLibraryVersion(), "\ngRPC ", grpc::Version());
}

std::unique_ptr<aifx::base::Logger> LoggerOf(const aifx::config::LogConfig& log) {
  const bool text = log.format == LogFormat::kText ||
                    (log.format == LogFormat::kAuto && isatty(STDERR_FILENO) != 0);
  return aifx::ops::MakeLogger(std::cerr,
                               text ? aifx::ops::LogForm::kText : aifx::ops::LogForm::kJson,
                               log.level, aifx::base::SystemClock());
}

int Serve(const aifx::config::ServerConfig& config, aifx::base::Logger& logger) {
  auto app = aifx::app::ServerApp::Start(config, logger);
  if (!app.ok()) {
    logger.Error("cannot serve", {{"error", std::string(app.status().message())}});
    return 1;
  }
  logger.Info("serving", {{"grpc", (*app)->Address()},
                          {"version", aifx::base::ProjectVersion()},
                          {"revision", aifx::base::GitRevision()}});
  std::cout << "READY grpc=" << (*app)->Address() << std::endl;
  const int signal = aifx::ops::WaitForEndSignal();
  logger.Info("asked to end", {{"signal", absl::StrCat(signal)}});
  const auto result = (*app)->DrainAndStop(
      [](absl::Duration timeout) { return aifx::ops::WaitForEndSignal(timeout); });
  if (result == aifx::ops::DrainResult::kForced) {
    logger.Warning("forced to end by a second signal");
    std::cout.flush();
    std::_Exit(1);  // without waiting for calls, which destructors would
  }
  logger.Info("ended");
  return result == aifx::ops::DrainResult::kClean ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  // Debian's Abseil looks for lock cycles at every lock that gRPC takes; on the request's path that
  // costs more than parsing the request.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  aifx::ops::BlockEndSignals();
  const auto parsed = aifx::config::ParseServerConfig(
      aifx::config::ConfigSources::OfProcess(argc, argv), VersionText());
  if (!parsed.ok()) {
    std::cerr << aifx::config::ConfigErrorText(parsed.status());
    return 2;
  }
  if (!parsed->text_to_print.empty()) {
    std::cout << parsed->text_to_print;
    return 0;
  }
  const std::unique_ptr<aifx::base::Logger> logger = LoggerOf(parsed->config.log);
  aifx::ops::RouteGrpcLog(logger.get());
  const int exit_code = Serve(parsed->config, *logger);
  aifx::ops::RouteGrpcLog(nullptr);
  return exit_code;
}
