#include "client/http/http_failure.h"

#include <string>
#include <utility>

#include "absl/strings/cord.h"

namespace aifx::http {
namespace {

constexpr char kUrl[] = "aifx/http_failure";
constexpr char kNotSent[] = "not_sent";
constexpr char kMayHaveArrived[] = "may_have_arrived";
constexpr char kRefusedHere[] = "refused_here";
constexpr char kTooLarge[] = "reply_too_large";

}  // namespace

absl::Status WithHttpFailure(absl::Status status, const HttpFailure& failure) {
  status.SetPayload(kUrl, absl::Cord(failure.refused_here       ? kRefusedHere
                                     : failure.reply_too_large  ? kTooLarge
                                     : failure.may_have_arrived ? kMayHaveArrived
                                                                : kNotSent));
  return status;
}

HttpFailure HttpFailureOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kUrl);
  if (!payload.has_value()) return {};
  const std::string text(*payload);
  return {.may_have_arrived = text != kNotSent && text != kRefusedHere,
          .reply_too_large = text == kTooLarge,
          .refused_here = text == kRefusedHere};
}

}  // namespace aifx::http
