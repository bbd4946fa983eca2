#ifndef AIFX_TESTS_UNIT_CLIENT_OUTBOX_FAKE_DELIVERY_H_
#define AIFX_TESTS_UNIT_CLIENT_OUTBOX_FAKE_DELIVERY_H_

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/backend/status_mapping.h"
#include "client/http/http_failure.h"
#include "client/outbox/delivery.h"
#include "core/base/mutex.h"
#include "core/base/violation.h"

namespace aifx::outbox {

// How the backend behaves to one request.
enum class Reply {
  kStore,        // 201 or 200
  kStoreSilent,  // stored, but the answer is lost
  kLose,         // lost on the way, and nobody can tell
  kUnreachable,  // no connection
  k400,
  k401,
  kNoRoute,  // 404 ROUTE_NOT_FOUND
  k429,      // with Retry-After: 30
  k503,      // not stored
  kValidationError,
};

inline absl::Status StatusOf(Reply reply) {
  const auto answer = [](int status, const std::string& message, http::Headers headers = {},
                         const std::string& code = "") {
    return backend::DataOf({.status = status,
                            .headers = std::move(headers),
                            .body = absl::StrCat(R"({"success":false,"error":")", message,
                                                 R"(","code":")", code, R"("})")},
                           {"POST", "/predictions", "submitting predictions"},
                           "http://backend.test", absl::UnixEpoch())
        .status();
  };
  switch (reply) {
    case Reply::kStore:
      return absl::OkStatus();
    case Reply::kStoreSilent:
    case Reply::kLose:
      return base::WithReason(http::WithHttpFailure(absl::UnavailableError("reset"), {}),
                              "SUBMISSION_AMBIGUOUS");
    case Reply::kUnreachable:
      return http::WithHttpFailure(absl::UnavailableError("connection refused"),
                                   {.may_have_arrived = false});
    case Reply::k400:
      return answer(400, "Invalid pair");
    case Reply::k401:
      return answer(401, "no");
    case Reply::kNoRoute:
      return answer(404, "Not found", {}, "ROUTE_NOT_FOUND");
    case Reply::k429:
      return answer(429, "slow down", {{"Retry-After", "30"}});
    case Reply::k503:
      return base::WithReason(answer(503, "down"), "SUBMISSION_AMBIGUOUS");
    case Reply::kValidationError:
      return answer(500, "Validation error: takeProfit");
  }
  return absl::OkStatus();
}

// A backend in memory that behaves as told: by script, then by a handler, then well. Thread-safe.
class FakeDelivery final : public Delivery {
 public:
  absl::StatusOr<std::string> PostPrediction(const records::Submission& submission,
                                             const base::CallContext&) override {
    const Reply reply = Next();
    if (on_post) on_post(submission.request_id);
    base::MutexLock lock(mutex_);
    posts_.push_back(submission.request_id);
    if (reply == Reply::kStore || reply == Reply::kStoreSilent) {
      stored_[absl::AsciiStrToLower(submission.request_id)].push_back(
          absl::StrCat("backend-", ++last_id_));
    }
    if (reply != Reply::kStore) return StatusOf(reply);
    return absl::StrCat("backend-", last_id_);
  }
  absl::StatusOr<records::OutcomeReceipt> PutOutcome(const records::OutcomeUpdate& update,
                                                     const base::CallContext&) override {
    const Reply reply = Next();
    if (on_put) on_put(update);
    base::MutexLock lock(mutex_);
    puts_.push_back(update);
    if (reply != Reply::kStore) return StatusOf(reply);
    return records::OutcomeReceipt{.backend_prediction_id = update.prediction_id,
                                   .outcome = update.outcome,
                                   .pnl_pips = update.pnl_pips,
                                   .pnl_percent = update.pnl_percent,
                                   .duration_minutes = 90};
  }
  backend::LookupResult LookUp(const std::vector<backend::Sought>& sought,
                               const base::CallContext&) override {
    base::MutexLock lock(mutex_);
    ++lookups_;
    backend::LookupResult result;
    if (!lookup_failures_.empty()) {
      result.status = lookup_failures_.front();
      lookup_failures_.pop_front();
      if (!result.status.ok()) return result;
    }
    result.seen_back_to = absl::InfinitePast();
    for (const auto& one : sought) {
      const auto found = stored_.find(absl::AsciiStrToLower(one.request_id));
      if (found != stored_.end()) result.found.insert(*found);
    }
    return result;
  }
  std::optional<absl::Duration> ClockOffset() override { return absl::ZeroDuration(); }

  void Script(std::vector<Reply> replies) {
    base::MutexLock lock(mutex_);
    script_.insert(script_.end(), replies.begin(), replies.end());
  }
  // Of the next look-ups; an OK one completes.
  void ScriptLookups(std::vector<absl::Status> statuses) {
    base::MutexLock lock(mutex_);
    lookup_failures_.insert(lookup_failures_.end(), statuses.begin(), statuses.end());
  }
  // As if a request arrived late.
  void StoreLate(const std::string& request_id) {
    base::MutexLock lock(mutex_);
    stored_[absl::AsciiStrToLower(request_id)].insert(
        stored_[absl::AsciiStrToLower(request_id)].begin(), absl::StrCat("backend-", ++last_id_));
  }
  std::vector<std::string> posts() {
    base::MutexLock lock(mutex_);
    return posts_;
  }
  std::vector<records::OutcomeUpdate> puts() {
    base::MutexLock lock(mutex_);
    return puts_;
  }
  std::map<std::string, std::vector<std::string>> stored() {
    base::MutexLock lock(mutex_);
    return stored_;
  }
  int lookups() {
    base::MutexLock lock(mutex_);
    return lookups_;
  }

  // Set before the outbox starts. Called while a request is under way, without a lock.
  std::function<Reply()> otherwise;
  std::function<void(const std::string& request_id)> on_post;
  std::function<void(const records::OutcomeUpdate& update)> on_put;

 private:
  Reply Next() {
    {
      base::MutexLock lock(mutex_);
      if (!script_.empty()) {
        const Reply reply = script_.front();
        script_.pop_front();
        return reply;
      }
    }
    return otherwise ? otherwise() : Reply::kStore;
  }

  base::Mutex mutex_;
  std::deque<Reply> script_ ABSL_GUARDED_BY(mutex_);
  std::deque<absl::Status> lookup_failures_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> posts_ ABSL_GUARDED_BY(mutex_);
  std::vector<records::OutcomeUpdate> puts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::vector<std::string>> stored_ ABSL_GUARDED_BY(mutex_);
  int last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  int lookups_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace aifx::outbox

#endif  // AIFX_TESTS_UNIT_CLIENT_OUTBOX_FAKE_DELIVERY_H_
