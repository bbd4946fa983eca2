#include "server/rpc/status.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/base/violation.h"
#include "google/rpc/error_details.pb.h"

namespace aifx::rpc {
namespace {

// Clients refuse more than 8 KiB of trailers by default, and details travel in base64: beyond this,
// the caller would get RESOURCE_EXHAUSTED instead of the error.
constexpr size_t kMaxViolationBytes = 3500;
constexpr size_t kMaxMessageBytes = 1000;

google::rpc::BadRequest BadRequestOf(const std::vector<base::FieldViolation>& violations) {
  google::rpc::BadRequest details;
  for (size_t i = 0; i < violations.size(); ++i) {
    auto* added = details.add_field_violations();
    added->set_field(Shortened(violations[i].field, kMaxMessageBytes));
    added->set_description(Shortened(violations[i].description, kMaxMessageBytes));
    if (details.ByteSizeLong() <= kMaxViolationBytes) continue;
    if (details.field_violations_size() > 1) details.mutable_field_violations()->RemoveLast();
    const size_t shown = static_cast<size_t>(details.field_violations_size());
    if (shown == violations.size()) break;
    const size_t left_out = violations.size() - shown - 1 + base::CountOf(violations.back());
    auto* rest = details.add_field_violations();
    rest->set_field("...");
    rest->set_description(absl::StrCat("and ", left_out, " more"));
    break;
  }
  return details;
}

google::rpc::RetryInfo RetryInfoOf(double seconds) {
  google::rpc::RetryInfo info;
  const double whole = std::floor(seconds);
  info.mutable_retry_delay()->set_seconds(static_cast<int64_t>(whole));
  info.mutable_retry_delay()->set_nanos(static_cast<int>((seconds - whole) * 1e9));
  return info;
}

}  // namespace

std::string Shortened(absl::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  size_t end = max_bytes;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

bool IsHidden(const absl::Status& status) {
  const bool internal = status.code() == absl::StatusCode::kInternal ||
                        status.code() == absl::StatusCode::kUnknown ||
                        status.code() == absl::StatusCode::kDataLoss;
  return internal && base::ReasonOf(status).empty();
}

google::rpc::Status ToRpcStatus(const absl::Status& status, const std::string& request_id) {
  google::rpc::Status result;
  result.set_code(static_cast<int>(status.code()));
  if (status.ok()) return result;
  result.set_message(IsHidden(status)
                         ? absl::StrCat("internal error; the server's log has it under "
                                        "request ",
                                        request_id)
                         : Shortened(status.message(), kMaxMessageBytes));
  if (const auto violations = base::ViolationsOf(status); !violations.empty()) {
    result.add_details()->PackFrom(BadRequestOf(violations));
  }
  if (const double seconds = base::RetryAfterSecondsOf(status); seconds >= 0) {
    result.add_details()->PackFrom(RetryInfoOf(seconds));
  }
  google::rpc::ErrorInfo info;
  const std::string reason = base::ReasonOf(status);
  info.set_reason(reason.empty() ? CodeName(status.code()) : reason);
  info.set_domain("aifx");
  if (!request_id.empty()) (*info.mutable_metadata())["request_id"] = request_id;
  result.add_details()->PackFrom(info);
  return result;
}

grpc::Status ToGrpcStatus(const absl::Status& status, const std::string& request_id) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status details = ToRpcStatus(status, request_id);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), details.message(),
                      details.SerializeAsString());
}

std::string CodeName(absl::StatusCode code) { return absl::StatusCodeToString(code); }

}  // namespace aifx::rpc
