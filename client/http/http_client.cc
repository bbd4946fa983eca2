#include "client/http/http_client.h"

#include "absl/strings/match.h"

namespace aifx::http {

absl::string_view HttpResponse::Header(absl::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(key, name)) return value;
  }
  return "";
}

}  // namespace aifx::http
