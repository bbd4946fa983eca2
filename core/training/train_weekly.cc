// From the candles to a calibrated model in memory.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "core/market/validation.h"
#include "core/model/lstm_runtime.h"
#include "core/training/calibration.h"
#include "core/training/evaluation.h"
#include "core/training/labels.h"
#include "core/training/registration.h"
#include "core/training/train.h"
#include "core/training/weekly_events.h"
#include "core/training/weekly_run.h"

namespace aifx::training {
namespace {

constexpr size_t kMinFitSamples = 50;
constexpr size_t kMinSliceSamples = 10;

}  // namespace

absl::StatusOr<TrainReport> WeeklyRun::Run() {
  const absl::Time start = deps_.clock.Now();
  AIFX_RETURN_IF_ERROR(ValidateTrainSpec(spec_));
  AIFX_RETURN_IF_ERROR(RegisterPending(ModelName(spec_), deps_.store, deps_.registrar, context_));
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

absl::Status WeeklyRun::Begin(const std::string& stage, double done) const {
  if (context_.IsCancelled()) return absl::CancelledError("training was cancelled");
  if (callbacks_.progress) callbacks_.progress(stage, done);
  return absl::OkStatus();
}

std::function<bool()> WeeklyRun::IsCancelled() const {
  return [context = context_] { return context.IsCancelled(); };
}

absl::StatusOr<std::vector<market::Candle>> WeeklyRun::ReadSeries(
    const market::CurrencyPair& pair) const {
  AIFX_ASSIGN_OR_RETURN(
      std::vector<market::Candle> candles,
      deps_.candles.Range(pair, spec_.timeframe, spec_.start, spec_.end, context_));
  const absl::Time now = deps_.clock.Now();
  market::DropInProgress(spec_.timeframe, now, candles);
  if (candles.empty()) return candles;
  market::CandleRules rules;
  rules.max_candles = candles.size();
  const market::CandleFindings findings =
      market::ValidateCandles(candles, spec_.timeframe, now, rules);
  if (findings.violations.empty()) return candles;
  return absl::InternalError(absl::StrCat("the source's candles of ", pair.ToString(), " ",
                                          market::TimeframeName(spec_.timeframe),
                                          " are bad: ", findings.violations[0].description));
}

absl::Status WeeklyRun::ReadCandles() {
  AIFX_RETURN_IF_ERROR(Begin("candles", 0));
  AIFX_ASSIGN_OR_RETURN(candles_, ReadSeries(spec_.pair));
  report_.candles = static_cast<int64_t>(candles_.size());
  if (candles_.empty()) return TooFew();
  for (const market::CurrencyPair& pair : feature_set_->ContextPairs(spec_.pair)) {
    AIFX_ASSIGN_OR_RETURN(std::vector<market::Candle> candles, ReadSeries(pair));
    others_.push_back({pair, std::move(candles)});
  }
  return absl::OkStatus();
}

absl::Status WeeklyRun::TooFew() const {
  const int64_t wanted =
      static_cast<int64_t>(feature_set_->CandlesNeeded(static_cast<size_t>(spec_.sequence))) +
      spec_.horizon_bars + 10 * (static_cast<int64_t>(kMinSliceSamples) + spec_.horizon_bars);
  return absl::OutOfRangeError(absl::StrFormat(
      "%s: %d candles give %d samples (fit %d, early stopping %d, calibration %d, gate %d); "
      "about %d candles are needed",
      Series(), candles_.size(), report_.samples, split_.fit.size(), split_.stop.size(),
      split_.calibration.size(), split_.gate.size(), wanted));
}

absl::Status WeeklyRun::BuildSamples() {
  AIFX_RETURN_IF_ERROR(Begin("features", 0.02));
  const auto sequence = static_cast<size_t>(spec_.sequence);
  if (candles_.size() < feature_set_->CandlesNeeded(sequence)) return TooFew();
  const LabelRule rule{spec_.label, spec_.horizon_bars, spec_.barrier_atr};
  const std::vector<features::ContextSeries> others = features::ViewsOf(others_);
  AIFX_ASSIGN_OR_RETURN(data_, Dataset::Make({candles_, &spec_.pair, others}, *feature_set_,
                                             MakeLabels(candles_, rule), sequence));
  split_ = SplitByTime(data_.samples());
  report_.samples = static_cast<int64_t>(data_.samples().size());
  report_.fit_samples = static_cast<int64_t>(split_.fit.size());
  report_.stop_samples = static_cast<int64_t>(split_.stop.size());
  report_.calibration_samples = static_cast<int64_t>(split_.calibration.size());
  report_.gate_samples = static_cast<int64_t>(split_.gate.size());
  if (split_.fit.size() < kMinFitSamples || std::min({split_.stop.size(), split_.calibration.size(),
                                                      split_.gate.size()}) < kMinSliceSamples) {
    return TooFew();
  }
  scaler_ = feature_set_->window_scaling() == features::WindowScaling::kNone
                ? features::Scaler::Fit(data_.matrix(), data_.RowOf(split_.fit.back().candle) + 1)
                : features::Scaler::Identity(data_.columns());
  return absl::OkStatus();
}

LstmOptions WeeklyRun::NetworkOptions() const {
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
  return options;
}

absl::Status WeeklyRun::FitNetwork() {
  AIFX_RETURN_IF_ERROR(Begin("fit", 0.05));
  LstmNetwork network(data_, scaler_, NetworkOptions());
  const auto on_epoch = [this](const EpochReport& epoch) {
    if (callbacks_.epoch) callbacks_.epoch(epoch);
    if (callbacks_.progress) {
      callbacks_.progress("fit", 0.05 + 0.8 * epoch.epoch / spec_.max_epochs);
    }
  };
  AIFX_ASSIGN_OR_RETURN(fit_,
                        network.Fit(split_.fit, split_.stop, deps_.clock, on_epoch, IsCancelled()));
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

absl::Status WeeklyRun::Calibrate() {
  AIFX_RETURN_IF_ERROR(Begin("calibrate", 0.88));
  // From here on the archive computes, as it will when it serves.
  AIFX_ASSIGN_OR_RETURN(model_, model::OpenArchive(manifest_, archive_, *feature_set_));
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

absl::StatusOr<std::vector<double>> WeeklyRun::Logits(absl::Span<const Sample> samples) const {
  return ModelLogits(*model_, data_, samples, IsCancelled());
}

absl::StatusOr<TrainReport> TrainWeekly(const TrainSpec& spec, TrainerDeps deps,
                                        const TrainCallbacks& callbacks,
                                        const base::CallContext& context) {
  const bool tells = deps.events != nullptr && ValidateTrainSpec(spec).ok();
  if (tells) TellStarted(spec, *deps.events);
  const absl::Time start = deps.clock.Now();
  absl::StatusOr<TrainReport> report = WeeklyRun(spec, deps, callbacks, context).Run();
  if (tells) TellEnded(spec, report, deps.clock.Now() - start, *deps.events);
  return report;
}

}  // namespace aifx::training
