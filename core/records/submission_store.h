#ifndef AIFX_CORE_RECORDS_SUBMISSION_STORE_H_
#define AIFX_CORE_RECORDS_SUBMISSION_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/call_context.h"
#include "core/records/record.h"

namespace aifx::records {

// What a caller waits for.
enum class Acknowledge {
  kWhenDurable,   // committed to disk here
  kWhenAnswered,  // the backend has stored it, or will not (kDead)
};

// What keeps submissions until the backend has them; client/outbox implements it. Thread-safe; all
// calls block.
//
// Errors of every call: DEADLINE_EXCEEDED, CANCELLED, INTERNAL (the disk failed; the message says
// what to do). An error of Submit or SubmitOutcome before it is durable means that nothing was
// kept; with kWhenAnswered, DEADLINE_EXCEEDED and CANCELLED say that it is durable and goes on.
class SubmissionStore {
 public:
  virtual ~SubmissionStore() = default;

  // The same request_id with the same content is the same submission and answers as it stands;
  // with other content ALREADY_EXISTS. RESOURCE_EXHAUSTED where the store is full.
  // REQUIRES: ValidateSubmission found nothing.
  virtual absl::StatusOr<SubmissionReceipt> Submit(const Submission& submission, Acknowledge until,
                                                   const base::CallContext& context) = 0;

  // Goes to the backend after its prediction, where that is kept here. Repeating it is harmless;
  // another outcome for the same prediction replaces the one before.
  virtual absl::StatusOr<SubmissionReceipt> SubmitOutcome(const OutcomeUpdate& update,
                                                          Acknowledge until,
                                                          const base::CallContext& context) = 0;

  // Blocks until the backend has answered what is kept, as kWhenAnswered does: so that a caller can
  // first make it durable. Whatever the error, what is kept goes on; NOT_FOUND as Get.
  virtual absl::StatusOr<SubmissionReceipt> Await(SubmissionKind kind,
                                                  const std::string& request_id,
                                                  const base::CallContext& context) = 0;

  // NOT_FOUND for what is not kept here (any more).
  virtual absl::StatusOr<SubmissionReceipt> Get(SubmissionKind kind, const std::string& request_id,
                                                const base::CallContext& context) = 0;

  virtual absl::StatusOr<SubmissionPage> List(const SubmissionQuery& query,
                                              const base::CallContext& context) = 0;

  // Sends a kDead or kUnknown submission again, at once. FAILED_PRECONDITION for another state.
  virtual absl::StatusOr<SubmissionReceipt> Requeue(SubmissionKind kind,
                                                    const std::string& request_id,
                                                    const base::CallContext& context) = 0;

  // Forgets submissions in `states` (kAcked and kDead only, else INVALID_ARGUMENT) that were
  // created longer than `older_than` ago. Returns how many.
  virtual absl::StatusOr<int64_t> Purge(const std::vector<SubmissionState>& states,
                                        absl::Duration older_than,
                                        const base::CallContext& context) = 0;
};

}  // namespace aifx::records

#endif  // AIFX_CORE_RECORDS_SUBMISSION_STORE_H_
