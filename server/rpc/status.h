#ifndef AIFX_SERVER_RPC_STATUS_H_
#define AIFX_SERVER_RPC_STATUS_H_

#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace aifx::rpc {

// `text`, or its beginning followed by "..." where it is longer than `max_bytes`; never cut within
// a UTF-8 character.
std::string Shortened(absl::string_view text, size_t max_bytes);

// Whether the message was not written for callers: INTERNAL, UNKNOWN and DATA_LOSS without a reason
// come from libraries and may hold paths or the text of an exception.
bool IsHidden(const absl::Status& status);

// The error as callers see it: code, message, and as details BadRequest (all violations that fit
// into a trailer, and how many did not), RetryInfo and ErrorInfo {reason, domain "aifx", the
// request's id}. A hidden message is replaced by one that names the request's id.
google::rpc::Status ToRpcStatus(const absl::Status& status, const std::string& request_id);

// The same as gRPC carries it.
grpc::Status ToGrpcStatus(const absl::Status& status, const std::string& request_id);

// "INVALID_ARGUMENT" and so on.
std::string CodeName(absl::StatusCode code);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_STATUS_H_
