#include "server/ops/grpc_log.h"

#include <grpc/support/log.h>

#include <atomic>

namespace aifx::ops {
namespace {

// gRPC takes a plain function, so its target has to be global.
std::atomic<base::Logger*> g_logger{nullptr};

void Receive(gpr_log_func_args* arguments) {
  base::Logger* logger = g_logger.load();
  if (logger == nullptr || arguments->severity != GPR_LOG_SEVERITY_ERROR) return;
  logger->Warning("gRPC library", {{"text", arguments->message}});
}

}  // namespace

void RouteGrpcLog(base::Logger* logger) {
  g_logger.store(logger);
  gpr_set_log_function(&Receive);
}

}  // namespace aifx::ops
