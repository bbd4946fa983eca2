#ifndef AIFX_SERVER_RPC_STORE_ERRORS_H_
#define AIFX_SERVER_RPC_STORE_ERRORS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/records/record.h"
#include "core/records/submission_store.h"

namespace aifx::rpc {

// An error of a SubmissionStore as callers see it: with a stable reason (SUBMISSION_EXISTS,
// OUTBOX_FULL, SUBMISSION_NOT_FOUND, SUBMISSION_NOT_STUCK) where the store gave none, for a full
// store or disk with how long to wait, and of a full disk without the path that the store names.
absl::Status StoreError(const absl::Status& status);

// What a caller that waited `until` is told: the receipt, StoreError, or, where the backend has
// refused what the caller waited for (kDead), that refusal.
absl::StatusOr<records::SubmissionReceipt> AnswerOf(
    absl::StatusOr<records::SubmissionReceipt> receipt, records::Acknowledge until);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_STORE_ERRORS_H_
