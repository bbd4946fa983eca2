#include "core/base/violation.h"

#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace aifx::base {
namespace {

constexpr char kViolationsUrl[] = "aifx/field_violations";
constexpr char kReasonUrl[] = "aifx/reason";
constexpr char kRetryUrl[] = "aifx/retry_after_seconds";

}  // namespace

absl::Status InvalidArgument(const std::vector<FieldViolation>& violations) {
  std::string message = violations.front().description;
  if (violations.size() > 1) {
    absl::StrAppend(&message, " (and ", violations.size() - 1, " more violation",
                    violations.size() > 2 ? "s)" : ")");
  }
  nlohmann::json payload = nlohmann::json::array();
  for (const FieldViolation& violation : violations) {
    payload.push_back({violation.field, violation.description});
  }
  absl::Status status = absl::InvalidArgumentError(message);
  // Replace invalid UTF-8, which a caller's own text may hold, instead of throwing.
  status.SetPayload(kViolationsUrl, absl::Cord(payload.dump(
                                        -1, ' ', false, nlohmann::json::error_handler_t::replace)));
  return status;
}

std::vector<FieldViolation> ViolationsOf(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  const auto payload = status.GetPayload(kViolationsUrl);
  if (!payload.has_value()) return violations;
  const auto parsed = nlohmann::json::parse(std::string(*payload), nullptr, false);
  for (const auto& entry : parsed) {
    violations.push_back({entry.at(0).get<std::string>(), entry.at(1).get<std::string>()});
  }
  return violations;
}

absl::Status WithReason(absl::Status status, const std::string& reason) {
  status.SetPayload(kReasonUrl, absl::Cord(reason));
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kReasonUrl);
  return payload.has_value() ? std::string(*payload) : "";
}

absl::Status WithRetryAfter(absl::Status status, double seconds) {
  status.SetPayload(kRetryUrl, absl::Cord(absl::StrCat(seconds)));
  return status;
}

double RetryAfterSecondsOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryUrl);
  double seconds = -1;
  if (!payload.has_value() || !absl::SimpleAtod(std::string(*payload), &seconds)) return -1;
  return seconds;
}

}  // namespace aifx::base
