#ifndef AIFX_SERVER_OPS_GRPC_LOG_H_
#define AIFX_SERVER_OPS_GRPC_LOG_H_

#include "core/base/log.h"

namespace aifx::ops {

// Sends what the gRPC library itself logs (errors only) to `logger`, instead of in its own form to
// stderr. Null: nowhere. The logger must outlive gRPC, or be replaced first.
void RouteGrpcLog(base::Logger* logger);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_GRPC_LOG_H_
