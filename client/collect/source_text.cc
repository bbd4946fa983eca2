#include "client/collect/source_text.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"

namespace aifx::collect {
namespace {

constexpr size_t kMaxBytes = size_t{64} << 20;

bool IsUrl(absl::string_view source) {
  return absl::StartsWith(source, "http://") || absl::StartsWith(source, "https://");
}

absl::StatusOr<SourceText> ReadUrl(const std::string& url, const http::Retrier& retrier,
                                   const base::CallContext& context) {
  const std::string name = SourceName(url);
  const http::HttpRequest request{.method = "GET", .url = url, .max_response_bytes = kMaxBytes};
  absl::StatusOr<http::HttpResponse> response = retrier.SendIdempotent(request, context);
  if (!response.ok()) {
    const std::string message = absl::StrReplaceAll(response.status().message(), {{url, name}});
    return absl::Status(response.status().code(), absl::StrCat("reading ", name, ": ", message));
  }
  if (response->status == 200) return SourceText{name, name, std::move(response->body)};
  const std::string message = absl::StrCat(name, " answers HTTP ", response->status);
  return http::Retrier::IsTransientStatus(*response) ? absl::UnavailableError(message)
                                                     : absl::FailedPreconditionError(message);
}

}  // namespace

absl::Status CheckSource(absl::string_view source) {
  const size_t scheme_end = source.find("://");  // of any scheme: a file of that name is an error
  if (scheme_end == absl::string_view::npos) return absl::OkStatus();
  const size_t start = std::min(source.find_first_not_of('/', scheme_end + 1), source.size());
  const absl::string_view rest = source.substr(start);
  if (!absl::StrContains(rest.substr(0, rest.find_first_of("/?#")), '@')) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "a source is a URL with a user name or password, which messages and records would show: "
      "leave them out, or download the file and name that");
}

std::string SourceName(const std::string& source) {
  return IsUrl(source) ? source.substr(0, source.find_first_of("?#")) : source;
}

absl::StatusOr<SourceText> ReadSource(const std::string& source, const http::Retrier& retrier,
                                      const base::CallContext& context) {
  AIFX_RETURN_IF_ERROR(CheckSource(source));
  if (IsUrl(source)) return ReadUrl(source, retrier, context);
  AIFX_ASSIGN_OR_RETURN(std::string text, base::ReadFile(source, kMaxBytes));
  return SourceText{source, source.substr(source.rfind('/') + 1), std::move(text)};
}

}  // namespace aifx::collect
