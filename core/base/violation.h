#ifndef AIFX_CORE_BASE_VIOLATION_H_
#define AIFX_CORE_BASE_VIOLATION_H_

#include <cstddef>
#include <string>
#include <utility>
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

// Collects what is wrong with one request: lists the first kMaxListed and counts the rest, so that
// a few bytes a violation on the wire do not become hundreds in memory.
class ViolationList {
 public:
  static constexpr size_t kMaxListed = 50;

  void push_back(FieldViolation violation) {
    if (listed_.size() < kMaxListed) {
      listed_.push_back(std::move(violation));
    } else {
      ++unlisted_;
    }
  }
  bool empty() const { return listed_.empty(); }
  // All that were found.
  size_t size() const { return listed_.size() + unlisted_; }
  const std::vector<FieldViolation>& listed() const { return listed_; }

 private:
  std::vector<FieldViolation> listed_;
  size_t unlisted_ = 0;
};

// InvalidArgument whose message is the first violation's description (and how many more there
// are), carrying them as a payload: of more than fit, the first ViolationList::kMaxListed and, as
// the field `...`, how many more there are. REQUIRES: !violations.empty()
absl::Status InvalidArgument(const std::vector<FieldViolation>& violations);
absl::Status InvalidArgument(const ViolationList& violations);

// The violations that `status` carries; empty where it carries none.
std::vector<FieldViolation> ViolationsOf(const absl::Status& status);

// How many violations the last entry of such a list stands for: itself, or those left out.
size_t CountOf(const FieldViolation& violation);

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
