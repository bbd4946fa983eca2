#include "core/base/violation.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace aifx::base {
namespace {

constexpr char kViolationsUrl[] = "aifx/field_violations";
constexpr char kReasonUrl[] = "aifx/reason";
constexpr char kRest[] = "...", kRestBegin[] = "and ", kRestEnd[] = " more";
constexpr char kRetryUrl[] = "aifx/retry_after_seconds";

// `total` were found; of them `violations` are at hand.
absl::Status WithViolations(const std::vector<FieldViolation>& violations, size_t total) {
  std::string message = violations.front().description;
  if (total > 1) {
    absl::StrAppend(&message, " (and ", total - 1, " more violation", total > 2 ? "s)" : ")");
  }
  // One more than the limit fits: the core's own lists end with how many they left out.
  const size_t most = ViolationList::kMaxListed;
  const bool all = total == violations.size() && total <= most + 1;
  const size_t listed = all ? total : std::min(violations.size(), most);
  nlohmann::json payload = nlohmann::json::array();
  for (size_t i = 0; i < listed; ++i) {
    payload.push_back({violations[i].field, violations[i].description});
  }
  if (!all) payload.push_back({kRest, absl::StrCat(kRestBegin, total - listed, kRestEnd)});
  absl::Status status = absl::InvalidArgumentError(message);
  // Replace invalid UTF-8, which a caller's own text may hold, instead of throwing.
  status.SetPayload(kViolationsUrl, absl::Cord(payload.dump(
                                        -1, ' ', false, nlohmann::json::error_handler_t::replace)));
  return status;
}

}  // namespace

absl::Status InvalidArgument(const std::vector<FieldViolation>& violations) {
  return WithViolations(violations, violations.size());
}

absl::Status InvalidArgument(const ViolationList& violations) {
  return WithViolations(violations.listed(), violations.size());
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

size_t CountOf(const FieldViolation& violation) {
  absl::string_view text = violation.description;
  size_t count = 0;
  const bool is_rest = violation.field == kRest && absl::ConsumePrefix(&text, kRestBegin) &&
                       absl::ConsumeSuffix(&text, kRestEnd) && absl::SimpleAtoi(text, &count);
  return is_rest ? count : 1;
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
