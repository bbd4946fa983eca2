#ifndef AIFX_CORE_RECORDS_PORTS_H_
#define AIFX_CORE_RECORDS_PORTS_H_

#include "absl/status/statusor.h"
#include "core/base/call_context.h"
#include "core/records/record.h"

// What the core needs of whoever keeps records; client/backend implements these. All calls block
// and are thread-safe. Errors, for all: UNAVAILABLE (not answering; the message says when the
// record may have been stored all the same), DEADLINE_EXCEEDED, CANCELLED, FAILED_PRECONDITION (the
// backend refuses our key: not the caller's fault), INVALID_ARGUMENT (the backend refuses a value),
// RESOURCE_EXHAUSTED (the backend limits our requests), UNIMPLEMENTED (the backend lacks the
// route), INTERNAL (an answer that makes no sense).
namespace aifx::records {

class PredictionSink {
 public:
  virtual ~PredictionSink() = default;
  // Returns when the prediction is stored. REQUIRES: ValidateSubmission found nothing.
  virtual absl::StatusOr<SubmissionReceipt> Submit(const Submission& submission,
                                                   const base::CallContext& context) = 0;
};

class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;
  // Sets a prediction's outcome; repeating it is harmless. NOT_FOUND for an unknown prediction.
  virtual absl::StatusOr<OutcomeReceipt> UpdateOutcome(const OutcomeUpdate& update,
                                                       const base::CallContext& context) = 0;
};

class RecordReader {
 public:
  virtual ~RecordReader() = default;
  virtual absl::StatusOr<PredictionPage> ListPredictions(const PredictionQuery& query,
                                                         const base::CallContext& context) = 0;
  virtual absl::StatusOr<Accuracy> GetAccuracy(const AccuracyQuery& query,
                                               const base::CallContext& context) = 0;
};

}  // namespace aifx::records

#endif  // AIFX_CORE_RECORDS_PORTS_H_
