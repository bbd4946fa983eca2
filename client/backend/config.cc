#include "client/backend/config.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/http/url.h"

namespace aifx::backend {
namespace {

bool IsDevelopmentKey(const std::string& key) {
  return absl::StartsWith(key, "dev_") && absl::EndsWith(key, "_replace_in_production");
}

// Visible ASCII: a header's value without anything that could end it.
bool IsVisible(const std::string& text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isgraph);
}

}  // namespace

std::vector<base::FieldViolation> ValidateConfig(const BackendConfig& config) {
  std::vector<base::FieldViolation> violations;
  const auto url = http::ParseBaseUrl(config.base_url);
  if (!url.ok()) {
    violations.push_back({"base_url", absl::StrCat("base_url: ", url.status().message())});
  }
  if (!IsVisible(config.api_key)) {
    violations.push_back(
        {"api_key", "api_key has white space, control or non-ASCII characters (a line end?)"});
  }
  if (IsDevelopmentKey(config.api_key) && url.ok() && !url->IsLoopback()) {
    violations.push_back(
        {"api_key", absl::StrCat("api_key is a development key (dev_*_replace_in_production), "
                                 "refused for ",
                                 url->text, ": set ML_ENGINE_API_KEY to a key of your own")});
  }
  if (config.service_name.empty() || !IsVisible(config.service_name)) {
    violations.push_back({"service_name", "service_name is empty or has odd characters"});
  }
  if (config.candle_page_size < 1 || config.candle_page_size > 10000) {
    violations.push_back(
        {"candle_page_size",
         absl::StrCat("candle_page_size ", config.candle_page_size, " is outside 1..10000")});
  }
  if (config.candle_connections < 1 || config.candle_connections > 16) {
    violations.push_back(
        {"candle_connections",
         absl::StrCat("candle_connections ", config.candle_connections, " is outside 1..16")});
  }
  if (config.prediction_scan_limit < 0) {
    violations.push_back(
        {"prediction_scan_limit",
         absl::StrCat("prediction_scan_limit ", config.prediction_scan_limit, " is negative")});
  }
  if (config.retry.max_attempts < 1) {
    violations.push_back(
        {"retry.max_attempts",
         absl::StrCat("retry.max_attempts ", config.retry.max_attempts, " is below 1")});
  }
  return violations;
}

}  // namespace aifx::backend
