#ifndef AIFX_CLIENT_BACKEND_SUBMISSION_LOOKUP_H_
#define AIFX_CLIENT_BACKEND_SUBMISSION_LOOKUP_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/backend/channel.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"

namespace aifx::backend {

// A prediction that was sent and may or may not have been stored.
struct Sought {
  std::string request_id;
  absl::Time sent_at;                              // by our clock
  std::optional<absl::Time> sent_at_backend = {};  // by the backend's, as estimated when sending
};

// What a scan of the backend's predictions saw.
struct LookupResult {
  // The backend's ids of the rows that carry a request_id sought (in lower case), newest first.
  std::map<std::string, std::vector<std::string>> found;
  // Every row created after this, by the backend's clock, was seen; InfinitePast: every row there
  // is; InfiniteFuture: nothing can be said.
  absl::Time seen_back_to = absl::InfiniteFuture();
  // The backend's clock less ours, by its Date; nothing where it sent none.
  std::optional<absl::Duration> clock_offset;
  absl::Status status;  // why the scan ended early
};

// The time, by the backend's clock, before which a row cannot be this submission: the earlier of
// two estimates (sent_at_backend; sent_at plus the offset seen now), less five minutes, so that one
// jump of our clock between sending and looking does no harm. InfinitePast where nothing is known:
// no offset, or nothing but a sent_at that is still to come.
absl::Time EarliestCreation(const Sought& sought, std::optional<absl::Duration> clock_offset,
                            absl::Time now);

// Looks for submissions by factors.client_request_id: pages GET /predictions, newest first, until
// every row that could be one of them was seen. Thread-safe.
class SubmissionLookup {
 public:
  // Both outlive this object.
  SubmissionLookup(const Channel& channel, base::Clock& clock) : channel_(channel), clock_(clock) {}

  // Blocks until the scan has seen enough, fails, or `context` ends it.
  LookupResult Find(const std::vector<Sought>& sought, const base::CallContext& context) const;

 private:
  const Channel& channel_;
  base::Clock& clock_;
};

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_SUBMISSION_LOOKUP_H_
