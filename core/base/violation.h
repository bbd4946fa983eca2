#ifndef AIFX_CORE_BASE_VIOLATION_H_
#define AIFX_CORE_BASE_VIOLATION_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace aifx::base {

// One thing wrong with a request: the field's path as its sender wrote it (`candles[17].high`) and
// what is wrong, with the value. Becomes google.rpc.BadRequest.FieldViolation at the gRPC edge.
struct FieldViolation {
  std::string field;
  std::string description;
  bool operator==(const FieldViolation&) const = default;
};

// InvalidArgument whose message is the first violation's description (and how many more there
// are), carrying all of them as a payload. REQUIRES: !violations.empty()
absl::Status InvalidArgument(const std::vector<FieldViolation>& violations);

// The violations that `status` carries; empty where it carries none.
std::vector<FieldViolation> ViolationsOf(const absl::Status& status);

// Attaches a stable, upper-case reason (google.rpc.ErrorInfo.reason, such as MODEL_NOT_FOUND).
absl::Status WithReason(absl::Status status, const std::string& reason);
// The reason attached, or the empty string.
std::string ReasonOf(const absl::Status& status);

// Attaches how many seconds to wait before trying again (google.rpc.RetryInfo).
absl::Status WithRetryAfter(absl::Status status, double seconds);
// The seconds attached, or a negative number where there are none.
double RetryAfterSecondsOf(const absl::Status& status);

// A warning that goes with a good answer: a stable upper-case code and a sentence.
struct Warning {
  std::string code;
  std::string text;
  bool operator==(const Warning&) const = default;
};

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_VIOLATION_H_
