#include "client/backend/status_mapping.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/backend/envelope.h"
#include "client/http/http_date.h"
#include "client/http/http_failure.h"
#include "client/http/retry.h"
#include "core/base/violation.h"

namespace aifx::backend {
namespace {

constexpr char kRefusedUrl[] = "aifx/backend_refused";
constexpr size_t kMaxMessageBytes = 300;

// Whether another program's word may stand as google.rpc.ErrorInfo.reason.
bool IsReason(const std::string& code) {
  return !code.empty() && code.size() <= 63 &&
         std::all_of(code.begin(), code.end(), [](unsigned char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

bool IsValidationError(int http_status, const Envelope& envelope) {
  return http_status == 500 && absl::StartsWith(envelope.message, "Validation error");
}

absl::StatusCode CodeOf(int http_status, const Envelope& envelope) {
  if (IsValidationError(http_status, envelope)) return absl::StatusCode::kInvalidArgument;
  switch (http_status) {
    case 400:
    case 413:
    case 422:
      return absl::StatusCode::kInvalidArgument;
    case 401:
    case 403:
      return absl::StatusCode::kFailedPrecondition;
    case 404:
      return envelope.code == "ROUTE_NOT_FOUND" ? absl::StatusCode::kUnimplemented
                                                : absl::StatusCode::kNotFound;
    case 408:
      return absl::StatusCode::kUnavailable;
    case 409:
      return absl::StatusCode::kAlreadyExists;
    case 429:
      return absl::StatusCode::kResourceExhausted;
    default:
      return http_status >= 500 ? absl::StatusCode::kUnavailable : absl::StatusCode::kInternal;
  }
}

std::string MessageOf(absl::StatusCode code, int http_status, const Envelope& envelope,
                      const Route& route, const std::string& base_url, absl::string_view secret) {
  const std::string backend = absl::StrCat("the backend at ", base_url);
  const std::string answer = envelope.code.empty()
                                 ? absl::StrCat(http_status)
                                 : absl::StrCat(http_status, " ", OneLine(envelope.code, secret));
  const std::string detail =
      envelope.message.empty() ? "" : absl::StrCat(": ", OneLine(envelope.message, secret));
  switch (code) {
    case absl::StatusCode::kFailedPrecondition:
      if (envelope.code == "FORBIDDEN_SERVICE") {
        return absl::StrCat(backend, " refuses our X-Service-Name (", answer,
                            "): set the name that it expects, and see that no proxy drops the "
                            "header");
      }
      return absl::StrCat(backend, " refuses our key (", answer,
                          "): set ML_ENGINE_API_KEY or ML_ENGINE_API_KEY_FILE");
    case absl::StatusCode::kUnimplemented:
      return absl::StrCat(backend, " has no route ", route.method, " ", route.path, " (", answer,
                          "): ", route.purpose, " will not work until it is updated");
    case absl::StatusCode::kResourceExhausted:
      return absl::StrCat(backend, " limits our requests (", answer, "): ", route.purpose,
                          " has to wait");
    case absl::StatusCode::kUnavailable:
      // Without the backend's words, which may hold SQL or paths: Channel logs them.
      return absl::StrCat(backend, " failed at ", route.purpose, " (", answer, ")");
    default:
      return absl::StrCat(backend, " refuses ", route.purpose, " (", answer, ")", detail);
  }
}

absl::Status NotOurBackendError(const http::HttpResponse& response, const std::string& base_url,
                                absl::string_view secret) {
  const std::string type = OneLine(std::string(response.Header("Content-Type")), secret);
  const std::string form =
      absl::StartsWith(type, "application/json")
          ? "application/json that is not its own form"
          : absl::StrCat(type.empty() ? "an unnamed type" : type, " instead of JSON");
  absl::Status status = absl::UnavailableError(
      absl::StrCat("the backend at ", base_url, " answered ", form, " (status ", response.status,
                   "; is BACKEND_API_URL right?)"));
  return base::WithReason(std::move(status), "BACKEND_NOT_JSON");
}

}  // namespace

std::string OneLine(std::string text, absl::string_view secret) {
  if (!secret.empty()) text = absl::StrReplaceAll(text, {{secret, "[key]"}});
  for (char& c : text) {
    if (absl::ascii_iscntrl(c)) c = ' ';
  }
  if (text.size() > kMaxMessageBytes) {
    size_t end = kMaxMessageBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    text += "...";
  }
  return text;
}

absl::StatusOr<nlohmann::json> DataOf(const http::HttpResponse& response, const Route& route,
                                      const std::string& base_url, absl::Time now,
                                      absl::string_view secret) {
  std::optional<Envelope> envelope = ParseEnvelope(response.body);
  const bool success_status = response.status >= 200 && response.status < 300;
  if (success_status && envelope.has_value() && envelope->success) return std::move(envelope->data);
  absl::Status status;
  // A rate limiter or proxy, which stands before the routes, answers plain text.
  const bool before_routes =
      response.status == 401 || response.status == 403 || response.status == 429;
  if (!envelope.has_value() && !before_routes) {
    status = NotOurBackendError(response, base_url, secret);
  } else {
    const Envelope failure = std::move(envelope).value_or(Envelope{});
    const absl::StatusCode code = CodeOf(response.status, failure);
    status = absl::Status(code, MessageOf(code, response.status, failure, route, base_url, secret));
    if (IsReason(failure.code)) status = base::WithReason(std::move(status), failure.code);
    if (IsValidationError(response.status, failure)) status.SetPayload(kRefusedUrl, absl::Cord());
  }
  if (response.status >= 400 && response.status < 500 && response.status != 408) {
    status.SetPayload(kRefusedUrl, absl::Cord());
  }
  if (const auto wait = http::RetryAfter(response, now); wait.has_value()) {
    status = base::WithRetryAfter(std::move(status), absl::ToDoubleSeconds(*wait));
  }
  return status;
}

absl::Status NoAnswerError(const absl::Status& error, const std::string& base_url) {
  const bool network = absl::IsUnavailable(error);
  const bool asked = !http::HttpFailureOf(error).refused_here;
  absl::Status status(
      error.code(),
      absl::StrCat("the backend at ", base_url, asked ? " gave no answer" : " was not asked",
                   network ? " (is it running, and is BACKEND_API_URL right?)" : "", ": ",
                   error.message()));
  error.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { status.SetPayload(url, payload); });
  return network ? base::WithReason(std::move(status), "BACKEND_UNAVAILABLE") : status;
}

bool IsTransientAnswer(const http::HttpResponse& response) {
  if (!http::Retrier::IsTransientStatus(response)) return false;
  return response.status != 500 || IsBackendFailure(response);
}

bool IsBackendFailure(const http::HttpResponse& response) {
  if (response.status != 500) return response.status > 500;
  const std::optional<Envelope> envelope = ParseEnvelope(response.body);
  return !envelope.has_value() || !IsValidationError(response.status, *envelope);
}

bool MayHaveBeenApplied(const absl::Status& status) {
  return !status.GetPayload(kRefusedUrl).has_value() &&
         http::HttpFailureOf(status).may_have_arrived;
}

}  // namespace aifx::backend
