#ifndef AIFX_CORE_TRAINING_WEEKLY_RUN_H_
#define AIFX_CORE_TRAINING_WEEKLY_RUN_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/base/call_context.h"
#include "core/features/feature_set.h"
#include "core/features/owned_context.h"
#include "core/features/scaler.h"
#include "core/market/candle.h"
#include "core/model/golden.h"
#include "core/model/manifest.h"
#include "core/model/model.h"
#include "core/training/dataset.h"
#include "core/training/lstm_network.h"
#include "core/training/metrics.h"
#include "core/training/train.h"

namespace aifx::training {

// One run of TrainWeekly: its inputs and what its steps have made so far. Used once, by one thread;
// the constructor's arguments outlive it.
class WeeklyRun {
 public:
  WeeklyRun(const TrainSpec& spec, const TrainerDeps& deps, const TrainCallbacks& callbacks,
            const base::CallContext& context)
      : spec_(spec), deps_(deps), callbacks_(callbacks), context_(context) {}

  // All steps, in order; results and errors as of TrainWeekly.
  absl::StatusOr<TrainReport> Run();

 private:
  // Tells the progress, unless cancelled (CANCELLED).
  absl::Status Begin(const std::string& stage, double done) const;
  std::function<bool()> IsCancelled() const;
  std::string Series() const {
    return absl::StrCat(spec_.pair.ToString(), " ", market::TimeframeName(spec_.timeframe));
  }
  size_t Classes() const { return manifest_.classes.size(); }

  // From the candles to a calibrated model, in memory: train_weekly.cc.
  absl::Status ReadCandles();
  // Closed candles of the window that passed validation; none where the source has none.
  absl::StatusOr<std::vector<market::Candle>> ReadSeries(const market::CurrencyPair& pair) const;
  absl::Status BuildSamples();
  absl::Status FitNetwork();
  absl::Status Calibrate();
  absl::Status TooFew() const;  // the error, with the numbers so far
  LstmOptions NetworkOptions() const;
  absl::StatusOr<std::vector<double>> Logits(absl::Span<const Sample> samples) const;

  // What is told of the model, and where it is kept: weekly_result.cc.
  void FillManifest();
  absl::Status ScoreSlices();
  // Into the metrics: what bf16 and int8 would change on the windows not fitted.
  absl::Status RecordPrecisions();
  absl::Status Store();
  // From here on nothing takes the version away again: a failure is told in the report.
  void Register();
  absl::StatusOr<std::vector<double>> Probabilities(absl::Span<const Sample> samples) const;
  nlohmann::json SliceInfo(absl::Span<const Sample> samples) const;
  TrainingSession Session() const;

  const TrainSpec& spec_;
  const TrainerDeps& deps_;
  const TrainCallbacks& callbacks_;
  const base::CallContext& context_;
  const features::FeatureSet* feature_set_ = nullptr;
  std::vector<market::Candle> candles_;
  std::vector<features::OwnedContextSeries> others_;  // the context pairs of the feature set
  Dataset data_;
  TimeSplit split_;
  features::Scaler scaler_;
  FitSummary fit_;
  std::string archive_;
  model::Manifest manifest_;
  std::shared_ptr<const model::Model> model_;
  model::GoldenWindow golden_;
  Scores fit_scores_, stop_scores_, calibration_scores_;
  TrainReport report_;
};

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_WEEKLY_RUN_H_
