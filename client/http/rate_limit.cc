#include "client/http/rate_limit.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/http/http_date.h"

namespace aifx::http {
namespace {

constexpr absl::Duration kLongestReset = absl::Hours(1);
constexpr size_t kMaxPolicies = 8;                    // more than any server has
constexpr int64_t kEarliestUnixTime = 1'000'000'000;  // 2001: no delta is that long

// An item of a structured field (RFC 8941, as far as rate limits need it): `value;name=value`.
struct Item {
  absl::string_view value;
  std::vector<std::pair<absl::string_view, absl::string_view>> parameters;

  absl::string_view Parameter(absl::string_view name) const {
    for (const auto& [key, value_of_key] : parameters) {
      if (absl::EqualsIgnoreCase(key, name)) return value_of_key;
    }
    return "";
  }
};

// All lines of that name, as one list.
std::string Joined(const HttpResponse& response, absl::string_view name) {
  std::string joined;
  for (const auto& [key, value] : response.headers) {
    if (absl::EqualsIgnoreCase(key, name)) {
      absl::StrAppend(&joined, joined.empty() ? "" : ", ", value);
    }
  }
  return joined;
}

// Splits at `separator` outside of quotes, and trims the parts.
std::vector<absl::string_view> Split(absl::string_view text, char separator) {
  std::vector<absl::string_view> parts;
  size_t start = 0;
  bool quoted = false;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && quoted && text[i] == '\\') {
      ++i;
    } else if (i < text.size() && text[i] == '"') {
      quoted = !quoted;
    } else if (i == text.size() || (!quoted && text[i] == separator)) {
      parts.push_back(absl::StripAsciiWhitespace(text.substr(start, i - start)));
      start = i + 1;
    }
  }
  // An escape at the very end skips the end.
  if (start < text.size()) parts.push_back(absl::StripAsciiWhitespace(text.substr(start)));
  return parts;
}

std::pair<absl::string_view, absl::string_view> KeyAndValue(absl::string_view text) {
  const size_t equals = text.find('=');
  if (equals == absl::string_view::npos) return {text, ""};
  return {absl::StripTrailingAsciiWhitespace(text.substr(0, equals)),
          absl::StripLeadingAsciiWhitespace(text.substr(equals + 1))};
}

std::vector<Item> Items(absl::string_view list) {
  std::vector<Item> items;
  for (const absl::string_view text : Split(list, ',')) {
    if (text.empty()) continue;
    Item item;
    for (const absl::string_view part : Split(text, ';')) {
      if (item.value.empty()) {
        item.value = part;
      } else {
        item.parameters.push_back(KeyAndValue(part));
      }
    }
    items.push_back(std::move(item));
  }
  return items;
}

// Digits only; what does not fit is the largest number.
std::optional<int64_t> Count(absl::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) {
    return std::nullopt;
  }
  int64_t number = 0;
  return absl::SimpleAtoi(text, &number) ? number : std::numeric_limits<int64_t>::max();
}

absl::Duration Clamped(absl::Duration reset) {
  return std::clamp(reset, absl::ZeroDuration(), kLongestReset);
}

bool IsQuoted(absl::string_view text) { return text.size() >= 2 && text.front() == '"'; }

// `"policy";r=9;t=30, ...`
std::vector<RateLimit> NamedPolicies(const std::vector<Item>& items, const HttpResponse& response) {
  const std::string policy_lines = Joined(response, "RateLimit-Policy");
  const std::vector<Item> policies = Items(policy_lines);
  std::vector<RateLimit> limits;
  for (const Item& item : items) {
    const std::optional<int64_t> remaining = Count(item.Parameter("r"));
    const std::optional<int64_t> reset = Count(item.Parameter("t"));
    if (!IsQuoted(item.value) || !remaining.has_value() || !reset.has_value()) continue;
    RateLimit limit{.policy = std::string(item.value.substr(1, item.value.size() - 2)),
                    .limit = std::nullopt,
                    .remaining = *remaining,
                    .reset = Clamped(absl::Seconds(*reset))};
    for (const Item& policy : policies) {
      if (policy.value == item.value) limit.limit = Count(policy.Parameter("q"));
    }
    limits.push_back(std::move(limit));
    if (limits.size() == kMaxPolicies) break;
  }
  return limits;
}

std::vector<RateLimit> OneLimit(std::optional<int64_t> limit, std::optional<int64_t> remaining,
                                std::optional<absl::Duration> reset) {
  if (!remaining.has_value() || !reset.has_value()) return {};
  return {{.policy = "", .limit = limit, .remaining = *remaining, .reset = Clamped(*reset)}};
}

std::optional<absl::Duration> Seconds(std::optional<int64_t> count) {
  if (!count.has_value()) return std::nullopt;
  return absl::Seconds(*count);
}

// `limit=100, remaining=9, reset=30`
std::vector<RateLimit> Members(const std::vector<Item>& items) {
  std::optional<int64_t> limit, remaining, reset;
  for (const Item& item : items) {
    const auto [key, value] = KeyAndValue(item.value);
    if (absl::EqualsIgnoreCase(key, "limit")) limit = Count(value);
    if (absl::EqualsIgnoreCase(key, "remaining")) remaining = Count(value);
    if (absl::EqualsIgnoreCase(key, "reset")) reset = Count(value);
  }
  return OneLimit(limit, remaining, Seconds(reset));
}

// The first value of a header that may go on with policies: `100, 100;w=60`.
std::optional<int64_t> FirstCount(const HttpResponse& response, absl::string_view name) {
  const std::vector<Item> items = Items(response.Header(name));
  return items.empty() ? std::nullopt : Count(items[0].value);
}

// A Unix time, or seconds from now.
std::optional<absl::Duration> TimeOrSeconds(std::optional<int64_t> reset,
                                            const HttpResponse& response, absl::Time now) {
  if (!reset.has_value() || *reset < kEarliestUnixTime) return Seconds(reset);
  return absl::FromUnixSeconds(*reset) - ParseHttpDate(response.Header("Date")).value_or(now);
}

}  // namespace

std::vector<RateLimit> ParseRateLimits(const HttpResponse& response, absl::Time now) {
  if (const std::string lines = Joined(response, "RateLimit"); !lines.empty()) {
    const std::vector<Item> items = Items(lines);
    std::vector<RateLimit> limits = NamedPolicies(items, response);
    if (limits.empty()) limits = Members(items);
    if (!limits.empty()) return limits;
  }
  std::vector<RateLimit> limits =
      OneLimit(FirstCount(response, "RateLimit-Limit"), FirstCount(response, "RateLimit-Remaining"),
               Seconds(FirstCount(response, "RateLimit-Reset")));
  if (!limits.empty()) return limits;
  return OneLimit(FirstCount(response, "X-RateLimit-Limit"),
                  FirstCount(response, "X-RateLimit-Remaining"),
                  TimeOrSeconds(FirstCount(response, "X-RateLimit-Reset"), response, now));
}

}  // namespace aifx::http
