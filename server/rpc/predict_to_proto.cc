#include "server/rpc/enums.h"
#include "server/rpc/times.h"
#include "server/rpc/to_proto.h"

namespace aifx::rpc {
namespace {

void FactorsToProto(const records::Factors& factors, ml::v1::Factors& message) {
  message.set_technical(factors.technical);
  message.set_sentiment(factors.sentiment);
  message.set_pattern(factors.pattern);
}

template <typename Source, typename Message>
void CopyLevels(const Source& source, Message& message) {
  if (source.stop_loss.has_value()) message.set_stop_loss(*source.stop_loss);
  if (source.take_profit.has_value()) message.set_take_profit(*source.take_profit);
  if (source.risk_reward_ratio.has_value()) {
    message.set_risk_reward_ratio(*source.risk_reward_ratio);
  }
  if (source.position_size.has_value()) message.set_position_size_percent(*source.position_size);
}

void ModelToProto(const records::ModelReference& model, ml::v1::ModelReference& message) {
  message.set_name(model.name);
  message.set_version(model.version);
  message.set_label(model.label);
  message.set_kernel(model.kernel);
  *message.mutable_calibrated_at() = TimeToProto(model.calibrated_at);
  *message.mutable_trained_until() = TimeToProto(model.trained_until);
  message.set_backend_id(model.backend_id);
}

}  // namespace

void ToProto(const records::Prediction& prediction, ml::v1::Prediction& message) {
  message.set_id(prediction.id);
  message.set_pair(prediction.pair.ToString());
  message.set_timeframe(EnumToProto(prediction.timeframe));
  *message.mutable_as_of() = TimeToProto(prediction.as_of);
  *message.mutable_valid_until() = TimeToProto(prediction.valid_until);
  message.set_signal(EnumToProto(prediction.signal));
  message.set_hold_reason(HoldReasonToProto(prediction.hold_reason));
  for (const auto& [name, probability] : prediction.probabilities) {
    auto* added = message.add_probabilities();
    added->set_name(name);
    added->set_probability(probability);
  }
  if (prediction.p_up.has_value()) message.set_p_up(*prediction.p_up);
  if (prediction.p_win.has_value()) message.set_p_win(*prediction.p_win);
  message.set_confidence(prediction.confidence);
  if (prediction.uncertainty.has_value()) message.set_uncertainty(*prediction.uncertainty);
  if (prediction.ood_score.has_value()) message.set_ood_score(*prediction.ood_score);
  FactorsToProto(prediction.factors, *message.mutable_factors());
  message.set_entry_price(prediction.entry_price);
  CopyLevels(prediction, message);
  message.set_signal_strength(EnumToProto(prediction.signal_strength));
  message.set_market_condition(EnumToProto(prediction.market_condition));
  ModelToProto(prediction.model, *message.mutable_model());
  message.mutable_feature_set()->set_name(prediction.feature_set_name);
  message.mutable_feature_set()->set_hash(prediction.feature_set_hash);
  for (const base::Warning& warning : prediction.warnings) {
    auto* added = message.add_warnings();
    added->set_code(warning.code);
    added->set_text(warning.text);
  }
}

void ToProto(const pipeline::StageTimes& times, absl::Duration queue,
             ml::v1::StageTimings& message) {
  if (times.fetch > absl::ZeroDuration()) *message.mutable_fetch() = DurationToProto(times.fetch);
  *message.mutable_validate() = DurationToProto(times.validate);
  *message.mutable_features() = DurationToProto(times.features);
  *message.mutable_queue() = DurationToProto(queue);
  *message.mutable_inference() = DurationToProto(times.model);
  *message.mutable_decision() = DurationToProto(times.decide);
}

void ToProto(const pipeline::Explanation& explanation, ml::v1::ExplainPredictionResponse& message) {
  ToProto(explanation.answer.prediction, *message.mutable_prediction());
  message.set_output(explanation.output);
  message.set_output_value(explanation.attributions.output_value);
  message.set_baseline_value(explanation.attributions.baseline_value);
  message.set_residual(explanation.attributions.residual);
  *message.mutable_duration() = DurationToProto(explanation.duration);
  const std::vector<features::Column>& columns = explanation.feature_set->columns();
  const std::vector<double>& values = explanation.attributions.values;
  message.mutable_attributions()->Reserve(static_cast<int>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    auto* added = message.add_attributions();
    added->set_feature(columns[i % columns.size()].name);
    added->set_step(static_cast<int32_t>(i / columns.size()));
    added->set_value(values[i]);
  }
}

void ToProto(const records::PredictionRecord& record, ml::v1::PredictionRecord& message) {
  message.set_backend_prediction_id(record.backend_prediction_id);
  message.set_request_id(record.request_id);
  message.set_pair(record.pair.ToString());
  message.set_timeframe(EnumToProto(record.timeframe));
  message.set_signal(EnumToProto(record.signal));
  message.set_confidence(record.confidence);
  FactorsToProto(record.factors, *message.mutable_factors());
  message.set_entry_price(record.entry_price);
  CopyLevels(record, message);
  if (record.signal_strength.has_value()) {
    message.set_signal_strength(EnumToProto(*record.signal_strength));
  }
  if (record.market_condition.has_value()) {
    message.set_market_condition(EnumToProto(*record.market_condition));
  }
  message.set_status(EnumToProto(record.status));
  if (record.outcome.has_value()) message.set_outcome(EnumToProto(*record.outcome));
  if (record.pnl_pips.has_value()) message.set_pnl_pips(*record.pnl_pips);
  if (record.pnl_percent.has_value()) message.set_pnl_percent(*record.pnl_percent);
  message.set_model_version_id(record.model_version_id);
  *message.mutable_created_at() = TimeToProto(record.created_at);
}

}  // namespace aifx::rpc
