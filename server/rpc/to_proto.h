#ifndef AIFX_SERVER_RPC_TO_PROTO_H_
#define AIFX_SERVER_RPC_TO_PROTO_H_

#include "aifx/ml/v1/model_service.pb.h"
#include "aifx/ml/v1/prediction_service.pb.h"
#include "aifx/ml/v1/record_service.pb.h"
#include "aifx/ml/v1/types.pb.h"
#include "core/model/manifest.h"
#include "core/pipeline/explainer.h"
#include "core/pipeline/predictor.h"
#include "core/records/record.h"
#include "core/serving/kill_switch.h"
#include "core/serving/registry.h"

// The core's values to messages; never fails.
namespace aifx::rpc {

void ToProto(const records::Prediction& prediction, ml::v1::Prediction& message);

// `queue`: how long the prediction waited for an executor.
void ToProto(const pipeline::StageTimes& times, absl::Duration queue,
             ml::v1::StageTimings& message);

// Every feature of every step, oldest step first.
void ToProto(const pipeline::Explanation& explanation, ml::v1::ExplainPredictionResponse& message);

// Where a submission stands.
void ToProto(const records::SubmissionReceipt& receipt, ml::v1::Submission& message);

// Where the outcome `update` stands, and the backend's values once it has them.
void ToProto(const records::OutcomeUpdate& update, const records::SubmissionReceipt& receipt,
             ml::v1::UpdateOutcomeResponse& message);

void ToProto(const records::PredictionRecord& record, ml::v1::PredictionRecord& message);
void ToProto(const records::Accuracy& accuracy, ml::v1::GetAccuracyResponse& message);

// What every version shows; `manifest` and `backend_id` may be unknown (null, empty).
void ToProto(const serving::VersionView& view, const model::Manifest* manifest,
             const std::string& backend_id, ml::v1::Model& message);
// `candles_needed` is 0 where the feature set is not one of this engine.
void ToProto(const model::Manifest& manifest, int64_t candles_needed,
             ml::v1::ModelManifest& message);

void ToProto(const serving::KillSwitch& engaged, ml::v1::KillSwitch& message);

// A JSON object; anything else becomes an empty one.
void ToProto(const nlohmann::json& json, google::protobuf::Struct& message);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_TO_PROTO_H_
