#ifndef AIFX_SERVER_RPC_TIMES_H_
#define AIFX_SERVER_RPC_TIMES_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "server/rpc/enums.h"

namespace aifx::rpc {

google::protobuf::Timestamp TimeToProto(absl::Time time);
google::protobuf::Duration DurationToProto(absl::Duration duration);

// Nothing, and a violation, for a timestamp outside the years 1 to 9999 or with odd nanoseconds.
std::optional<absl::Time> TimeFromProto(const google::protobuf::Timestamp& time,
                                        const std::string& field, Violations& violations);

// Nothing, and a violation, for a negative duration and one that is not a valid message.
std::optional<absl::Duration> DurationFromProto(const google::protobuf::Duration& duration,
                                                const std::string& field, Violations& violations);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_TIMES_H_
