#include "client/backend/channel.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/backend/envelope.h"
#include "client/http/http_date.h"

namespace aifx::backend {
namespace {

constexpr char kApiPath[] = "/api/v1/ml";

}  // namespace

Channel::Channel(BackendConfig config, http::HttpClient& client, base::Clock& clock,
                 http::UniformSource uniform, base::Logger& logger, http::RetryBudget* retry_budget)
    : config_(std::move(config)),
      base_url_(http::ParseBaseUrl(config_.base_url).value().text),
      client_(client),
      clock_(clock),
      logger_(logger),
      retrier_(client, clock, std::move(uniform), config_.retry, retry_budget) {}

http::HttpRequest Channel::RequestOf(const Call& call, const base::CallContext& context) const {
  http::HttpRequest request;
  request.method = call.route.method;
  request.url = absl::StrCat(base_url_, kApiPath, call.path.empty() ? call.route.path : call.path,
                             http::QueryString(call.query));
  request.headers = {{"Content-Type", "application/json"},
                     {"Accept", "application/json"},
                     {"X-Service-Name", config_.service_name}};
  const auto add = [&](const char* name, const std::string& prefix, const std::string& value) {
    if (!value.empty()) request.headers.emplace_back(name, prefix + value);
  };
  add("Authorization", "Bearer ", config_.api_key);
  add("X-Request-Id", "", context.request_id);
  add("traceparent", "", context.traceparent);
  add("Idempotency-Key", "", call.idempotency_key);
  if (call.body.has_value()) {
    request.body = call.body->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  const bool background = config_.priority == http::Priority::kBackground ||
                          call.priority == http::Priority::kBackground;
  request.priority = background ? http::Priority::kBackground : http::Priority::kInteractive;
  request.max_response_bytes =
      call.max_response_bytes != 0 ? call.max_response_bytes : config_.max_answer_bytes;
  return request;
}

absl::Status Channel::WithoutKey(absl::Status status) const {
  if (config_.api_key.empty() || !absl::StrContains(status.ToString(), config_.api_key)) {
    return status;
  }
  const std::pair<std::string, std::string> hide = {config_.api_key, "[key]"};
  absl::Status clean(status.code(), absl::StrReplaceAll(status.message(), {hide}));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    clean.SetPayload(url, absl::Cord(absl::StrReplaceAll(std::string(payload), {hide})));
  });
  return clean;
}

void Channel::NoteDate(const http::HttpResponse& response) const {
  const std::optional<absl::Time> date = http::ParseHttpDate(response.Header("Date"));
  if (!date.has_value()) return;
  clock_offset_ms_.store(absl::ToInt64Milliseconds(*date - clock_.Now()),
                         std::memory_order_relaxed);
}

std::optional<absl::Duration> Channel::clock_offset() const {
  const int64_t offset = clock_offset_ms_.load(std::memory_order_relaxed);
  return offset == kNoOffset ? std::nullopt : std::optional(absl::Milliseconds(offset));
}

// Never the body itself, which may hold a stack trace.
void Channel::LogFailure(const Call& call, const http::HttpResponse& response,
                         const base::CallContext& context) const {
  base::LogFields fields = {{"route", absl::StrCat(call.route.method, " ", call.route.path)},
                            {"status", absl::StrCat(response.status)}};
  if (const std::optional<Envelope> envelope = ParseEnvelope(response.body); envelope.has_value()) {
    fields.emplace_back("code", OneLine(envelope->code, config_.api_key));
    fields.emplace_back("message", OneLine(envelope->message, config_.api_key));
  } else {
    const std::string type(response.Header("Content-Type"));
    fields.emplace_back("type", absl::CHexEscape(OneLine(type, config_.api_key)));
    fields.emplace_back("bytes", absl::StrCat(response.body.size()));
  }
  fields.emplace_back("request_id", context.request_id);
  logger_.Warning("the backend failed", fields);
}

absl::StatusOr<nlohmann::json> Channel::Send(const Call& call,
                                             const base::CallContext& context) const {
  const http::HttpRequest request = RequestOf(call, context);
  const auto log_repeat = [&](int attempt, const absl::StatusOr<http::HttpResponse>& result,
                              absl::Duration wait) {
    logger_.Warning("a call to the backend failed and is repeated",
                    {{"route", absl::StrCat(call.route.method, " ", call.route.path)},
                     {"attempt", absl::StrCat(attempt)},
                     {"outcome", result.ok() ? absl::StrCat("status ", result->status)
                                             : std::string(WithoutKey(result.status()).message())},
                     {"wait", absl::FormatDuration(wait)},
                     {"request_id", context.request_id}});
  };
  const absl::StatusOr<http::HttpResponse> response =
      call.idempotent ? retrier_.SendIdempotent(request, context, IsTransientAnswer, log_repeat)
                      : client_.Send(request, context);
  if (!response.ok()) return WithoutKey(NoAnswerError(response.status(), base_url_));
  NoteDate(*response);
  if (response->status >= 500) LogFailure(call, *response, context);
  if (call.decode && response->status / 100 == 2 && call.decode(response->body)) {
    return nlohmann::json();
  }
  absl::StatusOr<nlohmann::json> data =
      DataOf(*response, call.route, base_url_, clock_.Now(), config_.api_key);
  if (!data.ok()) return WithoutKey(data.status());
  return data;
}

}  // namespace aifx::backend
