#ifndef AIFX_SERVER_RPC_FROM_PROTO_H_
#define AIFX_SERVER_RPC_FROM_PROTO_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aifx/ml/v1/model_service.pb.h"
#include "aifx/ml/v1/prediction_service.pb.h"
#include "aifx/ml/v1/record_service.pb.h"
#include "core/base/violation.h"
#include "core/pipeline/predictor.h"
#include "core/records/record.h"
#include "core/serving/kill_switch.h"

// Messages to the core's values. Each function collects every violation before it fails with
// InvalidArgument; fields are named as the caller wrote them.
namespace aifx::rpc {

struct PredictArguments {
  pipeline::PredictRequest request;
  bool submit = false;
  std::vector<base::Warning> warnings;  // what was given but has no effect
};

// Makes a request_id where there is none. Checks form only: candles are checked by
// market::ValidateCandles later. `now` bounds as_of.
absl::StatusOr<PredictArguments> PredictFromProto(const ml::v1::PredictRequest& message,
                                                  absl::Time now);

absl::StatusOr<std::vector<market::Candle>> CandlesFromProto(const ml::v1::CandleSeries& series);

// `candles[17].high` of a core violation, as the caller of Predict wrote it:
// `series.candles[17]...`.
absl::Status WithSeriesPaths(const absl::Status& status);

// With every rule of the backend checked too.
absl::StatusOr<records::Submission> SubmissionFromProto(
    const ml::v1::SubmitPredictionRequest& message);
absl::StatusOr<records::OutcomeUpdate> OutcomeFromProto(
    const ml::v1::UpdateOutcomeRequest& message);
absl::StatusOr<records::PredictionQuery> PredictionQueryFromProto(
    const ml::v1::ListPredictionsRequest& message);
// The token of the page after `page`; empty where it is the last.
std::string NextPredictionsToken(const ml::v1::ListPredictionsRequest& message,
                                 const records::PredictionQuery& query,
                                 const records::PredictionPage& page);
absl::StatusOr<records::AccuracyQuery> AccuracyQueryFromProto(
    const ml::v1::GetAccuracyRequest& message);

// Which submission is meant.
struct SubmissionKey {
  records::SubmissionKind kind = records::SubmissionKind::kPrediction;
  std::string request_id;
};
absl::StatusOr<SubmissionKey> SubmissionKeyFromProto(const ml::v1::GetSubmissionRequest& message);
absl::StatusOr<SubmissionKey> SubmissionKeyFromProto(
    const ml::v1::RequeueSubmissionRequest& message);
absl::StatusOr<records::SubmissionQuery> SubmissionQueryFromProto(
    const ml::v1::ListSubmissionsRequest& message);
// The token of the page after `page`; empty where it is the last.
std::string NextSubmissionsToken(const ml::v1::ListSubmissionsRequest& message,
                                 const records::SubmissionPage& page);

struct PurgeArguments {
  std::vector<records::SubmissionState> states;
  absl::Duration older_than;
};
absl::StatusOr<PurgeArguments> PurgeFromProto(const ml::v1::PurgeSubmissionsRequest& message);

// The switch that a request names, set at `now`.
absl::StatusOr<serving::KillSwitch> KillSwitchFromProto(const ml::v1::SetKillSwitchRequest& message,
                                                        absl::Time now);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_FROM_PROTO_H_
