#include "server/rpc/fields.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/ids.h"
#include "server/rpc/status.h"

namespace aifx::rpc {

std::optional<market::CurrencyPair> PairFromProto(const std::string& text, const std::string& field,
                                                  bool required, Violations& violations) {
  if (text.empty()) {
    if (required) violations.push_back({field, absl::StrCat(field, " is missing")});
    return std::nullopt;
  }
  auto pair = market::CurrencyPair::Parse(text);
  if (pair.ok()) return *std::move(pair);
  // The core's message begins with `pair "..."`: only the path before it is missing.
  const absl::string_view path = absl::StripSuffix(field, "pair");
  violations.push_back({field, absl::StrCat(path, pair.status().message())});
  return std::nullopt;
}

void CheckUuid(const std::string& text, const std::string& field, Violations& violations) {
  if (text.empty() || base::IsUuid(text)) return;
  violations.push_back(
      {field, absl::StrCat(field, " \"", Shortened(text, 100), "\" is not a UUID")});
}

void CheckRange(double value, double low, double high, const std::string& field,
                Violations& violations) {
  if (std::isfinite(value) && value >= low && value <= high) return;
  violations.push_back({field, absl::StrCat(field, " ", value, " is outside ", low, "..", high)});
}

int64_t PageSize(int64_t size, int64_t fallback, int64_t max, Violations& violations) {
  if (size == 0) return fallback;
  if (size < 1 || size > max) {
    violations.push_back({"page_size", absl::StrCat("page_size ", size, " is outside 1..", max)});
  }
  return size;
}

}  // namespace aifx::rpc
