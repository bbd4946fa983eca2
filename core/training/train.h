#ifndef AIFX_CORE_TRAINING_TRAIN_H_
#define AIFX_CORE_TRAINING_TRAIN_H_

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"
#include "core/market/candle_source.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"
#include "core/model/manifest.h"
#include "core/model/model_store.h"
#include "core/training/event_sink.h"
#include "core/training/ports.h"

namespace aifx::training {

// What to train. The defaults are those of the weekly job but for the network's size, which the
// caller chooses.
struct TrainSpec {
  std::string model_name;  // empty: made of pair and timeframe, such as "eurusd-1h"
  market::CurrencyPair pair;
  market::Timeframe timeframe = market::Timeframe::k1Hour;
  absl::Time start;  // candles with start <= open time < end
  absl::Time end;
  std::string feature_set = "stationary-v1";
  model::Label label = model::Label::kTripleBarrier;
  int horizon_bars = 24;
  double barrier_atr = 1.5;  // distance of both barriers, in ATR(14)
  int64_t sequence = 60;
  int64_t hidden1 = 128, hidden2 = 64, dense = 32;
  double dropout1 = 0.3, dropout2 = 0.3, dropout3 = 0.2;
  double learning_rate = 1e-3, min_learning_rate = 1e-5;
  int max_epochs = 50, patience = 10, lr_patience = 5;
  int64_t batch = 32;
  uint64_t seed = 1;
  // A second thread gains a third on an idle machine and loses a factor where the other core is
  // busy; it is part of what makes two runs equal.
  int threads = 1;
  // Share of candidates (by |edge| on the calibration slice) that get a signal: sets min_edge.
  double signal_coverage = 0.25;
};

// The name under which the version is stored: spec.model_name or, where that is empty, pair and
// timeframe.
std::string ModelName(const TrainSpec& spec);

// InvalidArgument, naming field and value, for a value out of its range.
absl::Status ValidateTrainSpec(const TrainSpec& spec);

// What is written to the manifest and the backend.
nlohmann::json Hyperparameters(const TrainSpec& spec);

struct EpochReport {
  int epoch = 0;  // from 1
  double train_loss = 0, validation_loss = 0, validation_accuracy = 0, learning_rate = 0;
  bool best = false;  // the best validation loss so far
  absl::Duration duration;
};

struct TrainReport {
  std::string model_name;
  int64_t version = 0;
  std::string backend_id;          // empty: registration pending
  std::string registration_error;  // why it is pending; empty where it is not
  int64_t candles = 0, samples = 0;
  int64_t fit_samples = 0, stop_samples = 0, calibration_samples = 0, gate_samples = 0;
  int epochs = 0;
  bool activated = false;
  nlohmann::json metrics;  // as in the manifest
  std::string warning;     // that the network does not beat the baselines; empty where it does
  absl::Duration duration;
};

struct TrainerDeps {
  market::CandleSource& candles;
  const model::ModelStore& store;
  ModelRegistrar& registrar;
  TrainingLog& log;
  base::Clock& clock;
  EventSink* events = nullptr;  // told how the run begins and ends; may be null
};

using TrainProgress = std::function<void(const std::string& stage, double done_share)>;
using EpochCallback = std::function<void(const EpochReport&)>;

struct TrainCallbacks {
  TrainProgress progress;  // may be empty
  EpochCallback epoch;     // may be empty
};

// Trains from scratch: reads candles (and those of the pairs that the feature set uses too), builds
// features and labels, splits by time (fit | early stopping | calibration | gate) with labels that
// reach into the next slice purged, fits the LSTM, calibrates it, scores it against baselines on
// the gate slice, stores the version with its golden window, registers and logs it in the backend,
// and makes it active where no version was. Where the backend does not answer after training, the
// version is kept and registration_error says why. Same spec, candles and machine: same weights,
// bit for bit.
//
// Stages told to callbacks.progress: candles, features, fit, calibrate, score, store, register.
//
// InvalidArgument where the spec's values are out of range;
// OUT_OF_RANGE where there are too few candles (the message has the numbers); CANCELLED when the
// context is cancelled; else the failing step's error.
absl::StatusOr<TrainReport> TrainWeekly(const TrainSpec& spec, TrainerDeps deps,
                                        const TrainCallbacks& callbacks,
                                        const base::CallContext& context);

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_TRAIN_H_
