#include <google/protobuf/util/json_util.h>

#include "server/rpc/enums.h"
#include "server/rpc/times.h"
#include "server/rpc/to_proto.h"

namespace aifx::rpc {
namespace {

ml::v1::ModelState StateToProto(serving::VersionState state) {
  switch (state) {
    case serving::VersionState::kDiscovered:
      return ml::v1::MODEL_STATE_DISCOVERED;
    case serving::VersionState::kLoading:
      return ml::v1::MODEL_STATE_LOADING;
    case serving::VersionState::kChecking:
      return ml::v1::MODEL_STATE_CHECKING;
    case serving::VersionState::kWarming:
      return ml::v1::MODEL_STATE_WARMING;
    case serving::VersionState::kReady:
      return ml::v1::MODEL_STATE_READY;
    case serving::VersionState::kDraining:
      return ml::v1::MODEL_STATE_DRAINING;
    case serving::VersionState::kFailed:
      break;
  }
  return ml::v1::MODEL_STATE_FAILED;
}

}  // namespace

void ToProto(const records::Accuracy& accuracy, ml::v1::GetAccuracyResponse& message) {
  auto* overall = message.mutable_overall();
  overall->set_total_predictions(accuracy.total_predictions);
  overall->set_win_rate_percent(accuracy.win_rate_percent);
  overall->set_average_pnl_pips(accuracy.average_pnl);
  overall->set_total_pnl_pips(accuracy.total_pnl);
  auto* outcomes = message.mutable_outcome_distribution();
  outcomes->set_wins(accuracy.wins);
  outcomes->set_losses(accuracy.losses);
  outcomes->set_breakeven(accuracy.breakeven);
  for (const records::ConfidenceBand& band : accuracy.by_confidence) {
    auto* added = message.add_by_confidence();
    added->set_range(band.range);
    added->set_total_predictions(band.total_predictions);
    added->set_accuracy_percent(band.accuracy_percent);
  }
  auto* performance = message.mutable_performance();
  performance->set_total_trades(accuracy.total_trades);
  performance->set_average_pnl_pips(accuracy.average_pnl);
  performance->set_total_pnl_pips(accuracy.total_pnl);
}

void ToProto(const serving::VersionView& view, const model::Manifest* manifest,
             const std::string& backend_id, ml::v1::Model& message) {
  message.set_name(view.name);
  message.set_version(view.version);
  message.set_state(StateToProto(view.state));
  message.set_active(view.active);
  message.set_kernel(view.kernel);
  message.set_backend_id(backend_id);
  if (manifest == nullptr) return;
  message.set_pair(manifest->pair);
  message.set_timeframe(manifest->timeframe);
  message.set_algorithm(manifest->algorithm);
  message.set_label(std::string(model::LabelName(manifest->label)));
  *message.mutable_trained_until() = TimeToProto(manifest->trained_until);
}

void ToProto(const model::Manifest& manifest, int64_t candles_needed,
             ml::v1::ModelManifest& message) {
  message.set_description(manifest.description);
  message.set_runtime(manifest.runtime);
  message.set_feature_set(manifest.feature_set);
  message.set_feature_set_hash(manifest.feature_set_hash);
  message.set_sequence(manifest.sequence);
  message.set_features(manifest.features);
  message.set_candles_needed(candles_needed);
  for (const std::string& name : manifest.classes) message.add_classes(name);
  message.set_horizon_bars(manifest.horizon_bars);
  message.set_min_edge(manifest.decision.min_edge);
  message.set_stop_atr(manifest.decision.stop_atr);
  message.set_take_atr(manifest.decision.take_atr);
  *message.mutable_calibrated_at() = TimeToProto(manifest.calibration.calibrated_at);
  message.set_deterministic(manifest.deterministic);
  *message.mutable_trained_from() = TimeToProto(manifest.trained_from);
  if (manifest.parent.has_value()) message.set_parent(*manifest.parent);
  message.set_seed(manifest.seed);
  message.mutable_files()->insert(manifest.files.begin(), manifest.files.end());
}

void ToProto(const nlohmann::json& json, google::protobuf::Struct& message) {
  message.Clear();
  if (!json.is_object()) return;
  const std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (!google::protobuf::util::JsonStringToMessage(text, &message).ok()) message.Clear();
}

}  // namespace aifx::rpc
