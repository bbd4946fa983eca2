// What is told of a trained model, and where it is kept.

#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "core/model/torchscript_runtime.h"
#include "core/model/version.h"
#include "core/training/calibration.h"
#include "core/training/evaluation.h"
#include "core/training/precision_check.h"
#include "core/training/registration.h"
#include "core/training/weekly_run.h"

namespace aifx::training {

using nlohmann::json;

void WeeklyRun::FillManifest() {
  manifest_.name = report_.model_name = ModelName(spec_);
  manifest_.runtime = model::kLstmF32Runtime;
  manifest_.deterministic = true;
  manifest_.algorithm = "lstm";
  manifest_.pair = spec_.pair.ToString();
  manifest_.timeframe = std::string(market::TimeframeName(spec_.timeframe));
  manifest_.description =
      absl::StrFormat("LSTM %d-%d-%d over %d candles of %s, trained from scratch", spec_.hidden1,
                      spec_.hidden2, spec_.dense, spec_.sequence, Series());
  manifest_.feature_set = feature_set_->name();
  manifest_.feature_set_hash = feature_set_->hash();
  manifest_.sequence = spec_.sequence;
  manifest_.features = static_cast<int64_t>(data_.columns());
  manifest_.scaler = scaler_;
  manifest_.label = spec_.label;
  manifest_.classes = model::ClassesOf(spec_.label);
  manifest_.horizon_bars = spec_.horizon_bars;
  manifest_.decision.stop_atr = manifest_.decision.take_atr = spec_.barrier_atr;
  manifest_.hyperparameters = Hyperparameters(spec_);
  manifest_.seed = spec_.seed;
  manifest_.trained_from = candles_.front().open_time;
  // The gate slice is only looked at: nothing of the version was fitted on it.
  manifest_.trained_until =
      market::CloseTime(spec_.timeframe, candles_[split_.calibration.back().end].open_time);
}

absl::StatusOr<std::vector<double>> WeeklyRun::Probabilities(
    absl::Span<const Sample> samples) const {
  AIFX_ASSIGN_OR_RETURN(const std::vector<double> logits, Logits(samples));
  return CalibratedProbabilities(logits, manifest_.calibration);
}

json WeeklyRun::SliceInfo(absl::Span<const Sample> samples) const {
  const auto time = [&](const Sample& sample) {
    return absl::FormatTime(absl::RFC3339_full,
                            market::CloseTime(spec_.timeframe, candles_[sample.candle].open_time),
                            absl::UTCTimeZone());
  };
  return {{"samples", samples.size()},
          {"first_close", time(samples.front())},
          {"last_close", time(samples.back())}};
}

absl::Status WeeklyRun::ScoreSlices() {
  AIFX_RETURN_IF_ERROR(Begin("score", 0.92));
  json network;
  for (const auto& [name, slice, scores] :
       {std::tuple("fit", &split_.fit, &fit_scores_),
        std::tuple("early_stopping", &split_.stop, &stop_scores_),
        std::tuple("calibration", &split_.calibration, &calibration_scores_)}) {
    AIFX_ASSIGN_OR_RETURN(const std::vector<double> p, Probabilities(*slice));
    *scores = Score(p, Targets(*slice), Classes());
    network[name] = ToJson(*scores);
  }
  AIFX_ASSIGN_OR_RETURN(const std::vector<double> p, Probabilities(split_.gate));
  const GateResult gate = ScoreGate(p, candles_, data_, scaler_, split_,
                                    static_cast<size_t>(spec_.horizon_bars), Classes());
  network["gate"] = ToJson(gate.network);
  report_.warning = gate.warning;
  report_.metrics = {{"slices",
                      {{"fit", SliceInfo(split_.fit)},
                       {"early_stopping", SliceInfo(split_.stop)},
                       {"calibration", SliceInfo(split_.calibration)},
                       {"gate", SliceInfo(split_.gate)},
                       {"purged_samples", split_.purged}}},
                     {"network", network},
                     {"baselines",
                      {{"base_rate", {{"gate", ToJson(gate.base_rate)}}},
                       {"persistence", {{"gate", ToJson(gate.persistence)}}},
                       {"logistic", {{"gate", ToJson(gate.logistic)}}}}},
                     {"epochs", fit_.epochs},
                     {"best_epoch", fit_.best_epoch},
                     {"beats_baselines", gate.beats_baselines},
                     {"warning", gate.warning}};
  AIFX_RETURN_IF_ERROR(RecordPrecisions());
  manifest_.metrics = report_.metrics;
  return absl::OkStatus();
}

absl::Status WeeklyRun::RecordPrecisions() {
  std::vector<Sample> held_out;
  for (const auto* slice : {&split_.stop, &split_.calibration, &split_.gate}) {
    held_out.insert(held_out.end(), slice->begin(), slice->end());
  }
  AIFX_ASSIGN_OR_RETURN(report_.metrics["precision"],
                        MeasurePrecisions(manifest_, archive_, data_, held_out, IsCancelled()));
  return absl::OkStatus();
}

absl::Status WeeklyRun::Store() {
  AIFX_RETURN_IF_ERROR(Begin("store", 0.97));
  const std::map<std::string, std::string> files = {
      {model::kTorchScriptFile, archive_}, {model::kGoldenFile, model::GoldenToJson(golden_)}};
  absl::Status added;
  for (int second = 0; second < 60; ++second) {  // another version of the same second may exist
    manifest_.version = model::VersionFromTime(deps_.clock.Now() + absl::Seconds(second));
    added = deps_.store.Add(manifest_, files);
    if (!absl::IsAlreadyExists(added)) break;
  }
  AIFX_RETURN_IF_ERROR(added);
  report_.version = manifest_.version;
  const absl::StatusOr<model::ActiveVersion> active = deps_.store.Active(manifest_.name);
  if (!absl::IsNotFound(active.status())) return active.status();
  AIFX_RETURN_IF_ERROR(deps_.store.SetActive(manifest_.name, manifest_.version));
  report_.activated = true;
  return absl::OkStatus();
}

TrainingSession WeeklyRun::Session() const {
  TrainingSession session;
  session.model_version = absl::StrCat(manifest_.version);
  session.training_type = "full";
  session.data_start = candles_.front().open_time;
  session.data_end = market::CloseTime(spec_.timeframe, candles_.back().open_time);
  session.num_samples = report_.samples;
  session.train_loss = fit_scores_.log_loss;
  session.train_accuracy = fit_scores_.accuracy;
  session.train_samples = report_.fit_samples;
  session.validation_loss = stop_scores_.log_loss;
  session.validation_accuracy = stop_scores_.accuracy;
  session.validation_samples = report_.stop_samples;
  session.hyperparameters = manifest_.hyperparameters;
  session.duration = report_.duration;
  session.notes = report_.warning;
  return session;
}

void WeeklyRun::Register() {
  if (callbacks_.progress) callbacks_.progress("register", 0.98);
  const json data_info = {{"pair", manifest_.pair},
                          {"timeframe", manifest_.timeframe},
                          {"candles", report_.candles},
                          {"samples", report_.samples},
                          {"feature_set", manifest_.feature_set},
                          {"feature_set_hash", manifest_.feature_set_hash},
                          {"slices", report_.metrics["slices"]}};
  const absl::Status status =
      RegisterVersion(manifest_, data_info, Session(), report_.activated, deps_.store,
                      deps_.registrar, deps_.log, context_, report_.backend_id);
  if (!status.ok()) report_.registration_error = status.ToString();
  if (callbacks_.progress) callbacks_.progress("register", 1);
}

}  // namespace aifx::training
