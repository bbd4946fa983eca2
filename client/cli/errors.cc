#include "client/cli/errors.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/violation.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace aifx::cli {
namespace {

// What the server said beside code and message.
struct Details {
  std::vector<base::FieldViolation> violations;
  std::vector<std::string> advice;
  std::string reason;  // empty: not an answer of our server
  double retry_seconds = -1;
};

Details DetailsOf(const grpc::Status& status) {
  Details details;
  google::rpc::Status wire;
  if (!wire.ParseFromString(status.error_details())) return details;
  for (const google::protobuf::Any& any : wire.details()) {
    google::rpc::BadRequest bad_request;
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    google::rpc::PreconditionFailure precondition;
    if (any.UnpackTo(&bad_request)) {
      for (const auto& violation : bad_request.field_violations()) {
        details.violations.push_back({violation.field(), violation.description()});
      }
    } else if (any.UnpackTo(&info)) {
      details.reason = info.reason();
    } else if (any.UnpackTo(&retry)) {
      details.retry_seconds =
          static_cast<double>(retry.retry_delay().seconds()) + 1e-9 * retry.retry_delay().nanos();
    } else if (any.UnpackTo(&precondition)) {
      for (const auto& violation : precondition.violations()) {
        details.advice.push_back(violation.description());
      }
    }
  }
  return details;
}

// What a person can do about it; empty where the message says it already.
std::string Advice(const grpc::Status& status, const Details& details,
                   const ServerOptions& server) {
  const bool server_answered = !details.reason.empty();
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      if (server_answered) return "";
      return absl::StrCat("is aifx-server running at ", server.address,
                          "? Start it, or name another with --server HOST:PORT");
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return absl::StrFormat(
          "allow more time than %g s with --timeout, or look at the server's log",
          server.timeout_seconds);
    case grpc::StatusCode::UNIMPLEMENTED:
      return server_answered ? ""
                             : absl::StrCat("is the server at ", server.address,
                                            " an aifx-server of this version?");
    case grpc::StatusCode::INTERNAL:
      return "the server's log has the cause";
    default:
      return "";
  }
}

int ExitCodeFor(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return kUsage;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kUnreachable;
    default:
      return kFailed;
  }
}

void WriteHead(absl::string_view what, absl::StatusCode code, absl::string_view message,
               Console& console) {
  console.err << Paint("aifx: ", Tone::kBad, console.colour_err) << what << ": "
              << Paint(CodeName(static_cast<int>(code)), Tone::kStrong, console.colour_err) << ": "
              << message << "\n";
}

void WriteViolations(const std::vector<base::FieldViolation>& violations, Console& console) {
  for (const base::FieldViolation& violation : violations) {
    console.err << "  " << Paint(violation.field, Tone::kCaution, console.colour_err) << ": "
                << violation.description << "\n";
  }
}

}  // namespace

std::string CodeName(int code) {
  return absl::StatusCodeToString(static_cast<absl::StatusCode>(code));
}

int ReportError(absl::string_view what, const grpc::Status& status, const ServerOptions& server,
                Console& console) {
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  Details details = DetailsOf(status);
  WriteHead(what, code, status.error_message(), console);
  WriteViolations(details.violations, console);
  if (std::string advice = Advice(status, details, server); !advice.empty()) {
    details.advice.push_back(std::move(advice));
  }
  if (details.retry_seconds >= 0) {
    details.advice.push_back(absl::StrFormat("try again in %g s", details.retry_seconds));
  }
  for (const std::string& advice : details.advice)
    console.err << "  what to do: " << advice << "\n";
  return ExitCodeFor(code);
}

int ReportError(absl::string_view what, const absl::Status& status, Console& console) {
  WriteHead(what, status.code(), status.message(), console);
  const std::vector<base::FieldViolation> violations = base::ViolationsOf(status);
  if (violations.size() > 1) WriteViolations(violations, console);
  return ExitCodeFor(status.code());
}

}  // namespace aifx::cli
