#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/rpc/fields.h"
#include "server/rpc/from_proto.h"
#include "server/rpc/page_token.h"
#include "server/rpc/times.h"

namespace aifx::rpc {
namespace {

constexpr int64_t kDefaultPage = 100;
constexpr int64_t kMaxPage = 1000;

// GetSubmissionRequest and RequeueSubmissionRequest have the same fields.
template <typename Message>
absl::StatusOr<SubmissionKey> KeyFromProto(const Message& message) {
  Violations violations;
  if (message.request_id().empty()) {
    violations.push_back({"request_id", "request_id is missing"});
  }
  CheckUuid(message.request_id(), "request_id", violations);
  SubmissionKey key;
  key.request_id = message.request_id();
  key.kind = EnumFromProto<records::SubmissionKind>(message.kind(), "kind", false, violations)
                 .value_or(records::SubmissionKind::kPrediction);
  if (!violations.empty()) return base::InvalidArgument(violations);
  return key;
}

template <typename States>
std::vector<records::SubmissionState> StatesFromProto(const States& states,
                                                      Violations& violations) {
  std::vector<records::SubmissionState> result;
  for (int i = 0; i < states.size(); ++i) {
    const auto state =
        EnumFromProto<records::SubmissionState>(static_cast<ml::v1::SubmissionState>(states.Get(i)),
                                                absl::StrCat("states[", i, "]"), true, violations);
    if (state.has_value()) result.push_back(*state);
  }
  return result;
}

// Everything that ListSubmissions selects by, for the page token; the order of states is not part
// of it.
std::string FilterText(const ml::v1::ListSubmissionsRequest& message) {
  std::vector<int> states(message.states().begin(), message.states().end());
  std::sort(states.begin(), states.end());
  states.erase(std::unique(states.begin(), states.end()), states.end());
  return absl::StrCat("submissions|", absl::StrJoin(states, ","));
}

}  // namespace

absl::StatusOr<SubmissionKey> SubmissionKeyFromProto(const ml::v1::GetSubmissionRequest& message) {
  return KeyFromProto(message);
}

absl::StatusOr<SubmissionKey> SubmissionKeyFromProto(
    const ml::v1::RequeueSubmissionRequest& message) {
  return KeyFromProto(message);
}

absl::StatusOr<records::SubmissionQuery> SubmissionQueryFromProto(
    const ml::v1::ListSubmissionsRequest& message) {
  Violations violations;
  records::SubmissionQuery query;
  if (!CheckEnumCount<records::SubmissionState>(message.states_size(), "states", violations)) {
    return base::InvalidArgument(violations);
  }
  query.states = StatesFromProto(message.states(), violations);
  query.limit = PageSize(message.page_size(), kDefaultPage, kMaxPage, violations);
  const auto before = OffsetOfPageToken(message.page_token(), FilterText(message));
  if (!before.ok()) {
    for (auto& violation : base::ViolationsOf(before.status())) violations.push_back(violation);
  }
  if (!violations.empty()) return base::InvalidArgument(violations);
  query.before = *before;
  return query;
}

std::string NextSubmissionsToken(const ml::v1::ListSubmissionsRequest& message,
                                 const records::SubmissionPage& page) {
  return page.next == 0 ? "" : MakePageToken(page.next, FilterText(message));
}

absl::StatusOr<PurgeArguments> PurgeFromProto(const ml::v1::PurgeSubmissionsRequest& message) {
  Violations violations;
  PurgeArguments arguments;
  if (message.states().empty()) violations.push_back({"states", "states is missing"});
  if (!CheckEnumCount<records::SubmissionState>(message.states_size(), "states", violations)) {
    return base::InvalidArgument(violations);
  }
  arguments.states = StatesFromProto(message.states(), violations);
  for (int i = 0; i < message.states_size(); ++i) {
    const ml::v1::SubmissionState state = message.states(i);
    const bool waiting = state == ml::v1::SUBMISSION_STATE_QUEUED ||
                         state == ml::v1::SUBMISSION_STATE_INFLIGHT ||
                         state == ml::v1::SUBMISSION_STATE_UNKNOWN;
    if (!waiting) continue;
    const std::string field = absl::StrCat("states[", i, "]");
    violations.push_back({field, absl::StrCat(field, " ", ml::v1::SubmissionState_Name(state),
                                              " is on its way: only ACKED and DEAD are purged")});
  }
  arguments.older_than =
      DurationFromProto(message.older_than(), "older_than", violations).value_or(absl::Duration());
  if (!violations.empty()) return base::InvalidArgument(violations);
  return arguments;
}

}  // namespace aifx::rpc
