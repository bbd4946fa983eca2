#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "core/market/validation.h"
#include "core/model/golden.h"
#include "core/model/torchscript_runtime.h"
#include "core/model/version.h"
#include "core/training/calibration.h"
#include "core/training/dataset.h"
#include "core/training/evaluation.h"
#include "core/training/labels.h"
#include "core/training/lstm_network.h"
#include "core/training/registration.h"
#include "core/training/train.h"

namespace aifx::training {
namespace {

using nlohmann::json;

constexpr size_t kMinFitSamples = 50;
constexpr size_t kMinSliceSamples = 10;

// One run of TrainWeekly: its inputs and what its steps have made so far.
class WeeklyRun {
 public:
  WeeklyRun(const TrainSpec& spec, const TrainerDeps& deps, const TrainCallbacks& callbacks,
            const base::CallContext& context)
      : spec_(spec), deps_(deps), callbacks_(callbacks), context_(context) {}

  absl::StatusOr<TrainReport> Run() {
    const absl::Time start = deps_.clock.Now();
    AIFX_RETURN_IF_ERROR(ValidateTrainSpec(spec_));
    AIFX_ASSIGN_OR_RETURN(feature_set_, features::FindFeatureSet(spec_.feature_set));
    model::SetTensorThreads(spec_.threads);
    AIFX_RETURN_IF_ERROR(ReadCandles());
    AIFX_RETURN_IF_ERROR(BuildSamples());
    AIFX_RETURN_IF_ERROR(FitNetwork());
    AIFX_RETURN_IF_ERROR(Calibrate());
    AIFX_RETURN_IF_ERROR(ScoreSlices());
    report_.duration = deps_.clock.Now() - start;
    AIFX_RETURN_IF_ERROR(Store());
    Register();
    return std::move(report_);
  }

 private:
  std::string Series() const {
    return absl::StrCat(spec_.pair.ToString(), " ", market::TimeframeName(spec_.timeframe));
  }

  absl::Status Begin(const std::string& stage, double done) const {
    if (context_.IsCancelled()) return absl::CancelledError("training was cancelled");
    if (callbacks_.progress) callbacks_.progress(stage, done);
    return absl::OkStatus();
  }

  std::function<bool()> IsCancelled() const {
    return [context = context_] { return context.IsCancelled(); };
  }

  absl::Status ReadCandles() {
    AIFX_RETURN_IF_ERROR(Begin("candles", 0));
    AIFX_ASSIGN_OR_RETURN(candles_, deps_.candles.Range(spec_.pair, spec_.timeframe, spec_.start,
                                                        spec_.end, context_));
    const absl::Time now = deps_.clock.Now();
    while (!candles_.empty() &&
           market::CloseTime(spec_.timeframe, candles_.back().open_time) > now) {
      candles_.pop_back();
    }
    report_.candles = static_cast<int64_t>(candles_.size());
    if (candles_.empty()) return TooFew();
    market::CandleRules rules;
    rules.max_candles = candles_.size();
    const market::CandleFindings findings =
        market::ValidateCandles(candles_, spec_.timeframe, now, rules);
    if (findings.violations.empty()) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("the source's candles of ", Series(),
                                            " are bad: ", findings.violations[0].description));
  }

  absl::Status TooFew() const {
    const int64_t wanted =
        static_cast<int64_t>(feature_set_->CandlesNeeded(static_cast<size_t>(spec_.sequence))) +
        spec_.horizon_bars + 10 * (static_cast<int64_t>(kMinSliceSamples) + spec_.horizon_bars);
    return absl::OutOfRangeError(absl::StrFormat(
        "%s: %d candles give %d samples (fit %d, early stopping %d, calibration %d, gate %d); "
        "about %d candles are needed",
        Series(), candles_.size(), report_.samples, split_.fit.size(), split_.stop.size(),
        split_.calibration.size(), split_.gate.size(), wanted));
  }

  absl::Status BuildSamples() {
    AIFX_RETURN_IF_ERROR(Begin("features", 0.02));
    const auto sequence = static_cast<size_t>(spec_.sequence);
    if (candles_.size() < feature_set_->CandlesNeeded(sequence)) return TooFew();
    const LabelRule rule{spec_.label, spec_.horizon_bars, spec_.barrier_atr};
    AIFX_ASSIGN_OR_RETURN(
        data_, Dataset::Make(candles_, *feature_set_, MakeLabels(candles_, rule), sequence));
    split_ = SplitByTime(data_.samples());
    report_.samples = static_cast<int64_t>(data_.samples().size());
    report_.fit_samples = static_cast<int64_t>(split_.fit.size());
    report_.stop_samples = static_cast<int64_t>(split_.stop.size());
    report_.calibration_samples = static_cast<int64_t>(split_.calibration.size());
    report_.gate_samples = static_cast<int64_t>(split_.gate.size());
    if (split_.fit.size() < kMinFitSamples ||
        std::min({split_.stop.size(), split_.calibration.size(), split_.gate.size()}) <
            kMinSliceSamples) {
      return TooFew();
    }
    scaler_ = features::Scaler::Fit(data_.matrix(), data_.RowOf(split_.fit.back().candle) + 1);
    return absl::OkStatus();
  }

  absl::Status FitNetwork() {
    AIFX_RETURN_IF_ERROR(Begin("fit", 0.05));
    LstmOptions options;
    options.classes = static_cast<int64_t>(model::ClassesOf(spec_.label).size());
    options.hidden1 = spec_.hidden1;
    options.hidden2 = spec_.hidden2;
    options.dense = spec_.dense;
    options.dropout1 = spec_.dropout1;
    options.dropout2 = spec_.dropout2;
    options.dropout3 = spec_.dropout3;
    options.learning_rate = spec_.learning_rate;
    options.min_learning_rate = spec_.min_learning_rate;
    options.max_epochs = spec_.max_epochs;
    options.patience = spec_.patience;
    options.lr_patience = spec_.lr_patience;
    options.batch = spec_.batch;
    options.seed = spec_.seed;
    LstmNetwork network(data_, scaler_, options);
    const auto on_epoch = [this](const EpochReport& epoch) {
      if (callbacks_.epoch) callbacks_.epoch(epoch);
      if (callbacks_.progress) {
        callbacks_.progress("fit", 0.05 + 0.8 * epoch.epoch / spec_.max_epochs);
      }
    };
    AIFX_ASSIGN_OR_RETURN(
        fit_, network.Fit(split_.fit, split_.stop, deps_.clock, on_epoch, IsCancelled()));
    report_.epochs = fit_.epochs;
    AIFX_ASSIGN_OR_RETURN(archive_, network.Archive());
    FillManifest();
    std::vector<Sample> some;  // spread over the slice
    const size_t stride = std::max<size_t>(1, split_.calibration.size() / 512);
    for (size_t i = 0; i < split_.calibration.size(); i += stride) {
      some.push_back(split_.calibration[i]);
    }
    AIFX_ASSIGN_OR_RETURN(manifest_.importance, network.Importance(some));
    return absl::OkStatus();
  }

  void FillManifest() {
    manifest_.name = report_.model_name = ModelName(spec_);
    manifest_.runtime = "torchscript";
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

  absl::Status Calibrate() {
    AIFX_RETURN_IF_ERROR(Begin("calibrate", 0.88));
    // From here on the archive computes, as it will when it serves.
    AIFX_ASSIGN_OR_RETURN(model_, model::OpenTorchScript(manifest_, archive_, *feature_set_));
    AIFX_ASSIGN_OR_RETURN(const std::vector<double> logits, Logits(split_.calibration));
    manifest_.calibration = FitCalibration(logits, Targets(split_.calibration), Classes());
    manifest_.calibration.calibrated_at = deps_.clock.Now();
    manifest_.decision.min_edge = EdgeForCoverage(
        CalibratedProbabilities(logits, manifest_.calibration), Classes(), spec_.signal_coverage);
    const absl::Span<const float> window = data_.Window(split_.calibration.back().candle);
    golden_.input.assign(window.begin(), window.end());
    golden_.logits.resize(Classes());
    return model_->Run({golden_.input, 1}, absl::MakeSpan(golden_.logits));
  }

  size_t Classes() const { return manifest_.classes.size(); }

  absl::StatusOr<std::vector<double>> Logits(absl::Span<const Sample> samples) const {
    return ModelLogits(*model_, data_, samples, IsCancelled());
  }

  absl::StatusOr<std::vector<double>> Probabilities(absl::Span<const Sample> samples) const {
    AIFX_ASSIGN_OR_RETURN(const std::vector<double> logits, Logits(samples));
    return CalibratedProbabilities(logits, manifest_.calibration);
  }

  json SliceInfo(absl::Span<const Sample> samples) const {
    const auto time = [&](const Sample& sample) {
      return absl::FormatTime(absl::RFC3339_full,
                              market::CloseTime(spec_.timeframe, candles_[sample.candle].open_time),
                              absl::UTCTimeZone());
    };
    return {{"samples", samples.size()},
            {"first_close", time(samples.front())},
            {"last_close", time(samples.back())}};
  }

  absl::Status ScoreSlices() {
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
    manifest_.metrics = report_.metrics;
    return absl::OkStatus();
  }

  absl::Status Store() {
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

  TrainingSession Session() const {
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

  // From here on nothing takes the version away again: a failure is told in the report.
  void Register() {
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

  const TrainSpec& spec_;
  const TrainerDeps& deps_;
  const TrainCallbacks& callbacks_;
  const base::CallContext& context_;
  const features::FeatureSet* feature_set_ = nullptr;
  std::vector<market::Candle> candles_;
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

}  // namespace

absl::StatusOr<TrainReport> TrainWeekly(const TrainSpec& spec, TrainerDeps deps,
                                        const TrainCallbacks& callbacks,
                                        const base::CallContext& context) {
  return WeeklyRun(spec, deps, callbacks, context).Run();
}

}  // namespace aifx::training
