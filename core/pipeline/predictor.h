#ifndef AIFX_CORE_PIPELINE_PREDICTOR_H_
#define AIFX_CORE_PIPELINE_PREDICTOR_H_

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"
#include "core/decision/decision.h"
#include "core/features/feature_set.h"
#include "core/market/candle.h"
#include "core/market/candle_source.h"
#include "core/market/trading_calendar.h"
#include "core/pipeline/context_series.h"
#include "core/pipeline/experiment_part.h"
#include "core/pipeline/prediction_listener.h"
#include "core/records/prediction.h"
#include "core/serving/kill_switch.h"
#include "core/serving/registry.h"

namespace aifx::pipeline {

struct PredictorOptions {
  StalePolicy stale_policy = StalePolicy::kHold;
  // The newest candle is stale when more than this many candles of trading time should have closed
  // since. >= 1
  int stale_after_bars = 3;
  size_t max_candles = 5000;  // a request may carry
  // HOLD (model_expired) from this long after the model's newest training candle; 0: never.
  absl::Duration model_expires_after;
  // Asked for every answer; outlives the predictor. Null: nothing is ever switched off.
  const serving::KillSwitches* kill_switches = nullptr;
  // Choose the version for requests that name none; outlive the predictor. Null: the active one.
  const serving::Experiments* experiments = nullptr;
  // Told of every prediction; outlives the predictor. May be null.
  PredictionListener* listener = nullptr;
};

struct PredictRequest {
  std::string request_id;  // becomes the prediction's id; REQUIRES: not empty
  market::CurrencyPair pair;
  market::Timeframe timeframe;
  std::optional<std::vector<market::Candle>> candles;  // absent: the newest are fetched
  std::optional<absl::Time> as_of;                     // the moment to predict for; absent: now
  serving::ModelSelector model;
  decision::RiskOptions risk;
  // Candles of other pairs. What the feature set uses and is not here is fetched with the candles.
  std::vector<features::OwnedContextSeries> context;
  bool submitted = false;  // whether the caller wants the prediction kept for the backend
  // The caller waits for a candle: a prediction as of an earlier moment is given to nobody.
  absl::Time answers_from = absl::InfinitePast();
};

// How long each step took; zero where it was not needed.
struct StageTimes {
  absl::Duration fetch, validate, queue, features, model, decide;
};

// A model's output for one window.
using Logits = std::vector<float>;

struct PredictAnswer {
  records::Prediction prediction;
  StageTimes times;
};

// One request on its way through the steps below.
struct PreparedRequest {
  PredictRequest request;
  serving::ServedModel served;
  const features::FeatureSet* feature_set = nullptr;
  size_t candles_needed = 0;  // fewest; a recursive feature set wants more
  size_t candles_wanted = 0;
  bool needs_context = false;  // whether the set uses other pairs here
  absl::Time now;              // as_of, else the clock
  std::vector<market::Candle> candles;
  bool fetched = false;  // whether the candles are the backend's, not the caller's
  std::vector<features::OwnedContextSeries>
      context;  // what the feature set uses of other pairs, and maybe more
  std::vector<base::Warning> warnings;
  StageTimes times;
  ExperimentPart part;  // known with the candles
  // Its prediction is looked at and thrown away: no caller gets it, and no listener hears of it.
  bool answers_nobody = false;
  bool NeedsFetch() const { return candles.empty(); }
  // The candles that the model's output depends on.
  absl::Span<const market::Candle> Window() const {
    return absl::MakeConstSpan(candles).last(std::min(candles.size(), candles_wanted));
  }
};

// From candles to a decision, in three steps so that each runs where it belongs: Prepare on the RPC
// thread (microseconds), Fetch on a pool that may block, Run on an inference executor. Thread-safe.
class Predictor {
 public:
  // All references outlive the predictor. `source` may be null: then requests without candles are
  // refused (FailedPrecondition).
  Predictor(const serving::ModelRegistry& registry, market::CandleSource* source,
            base::Clock& clock, PredictorOptions options);

  // From now on, for predictions that are decided after it. bars >= 1.
  void SetStalePolicy(StalePolicy policy, int after_bars) {
    stale_policy_.store(policy);
    stale_after_bars_.store(after_bars);
  }

  // Chooses the model and checks the candles given. InvalidArgument with every violation;
  // NotFound or FailedPrecondition for the model; FailedPrecondition (CONTEXT_MISSING) where
  // candles came without those of a pair that the feature set uses too.
  absl::StatusOr<PreparedRequest> Prepare(PredictRequest request) const;

  // Reads the newest closed candles where none were given, and those of other pairs that the
  // feature set uses. Blocks. FailedPrecondition where the source has too few (with the numbers),
  // else the source's error.
  absl::Status Fetch(PreparedRequest& prepared, const base::CallContext& context) const;

  // The two halves of Fetch, for candles that several requests share: reads without touching the
  // request (blocks), and takes what was read. REQUIRES: !prepared.needs_context
  absl::StatusOr<std::vector<market::Candle>> ReadNewest(const PreparedRequest& prepared,
                                                         const base::CallContext& context) const;
  absl::Status Adopt(PreparedRequest& prepared, std::vector<market::Candle> candles) const;
  // As ReadNewest, but all closed candles from the one that opened at `start` on.
  absl::StatusOr<std::vector<market::Candle>> ReadFrom(const PreparedRequest& prepared,
                                                       absl::Time start,
                                                       const base::CallContext& context) const;

  // Features, model and decision. One item's failure does not touch the others'. Items that use
  // the same model share forward passes. Candles that leave a feature undefined are InvalidArgument
  // where they were given, FailedPrecondition where they were fetched. REQUIRES: no item
  // NeedsFetch().
  std::vector<absl::StatusOr<PredictAnswer>> Run(absl::Span<PreparedRequest> items) const;

  // The two halves of Run: Compute, features and model, takes nearly all of the time and gives the
  // same for the same Window, so that its errors are those of undefined_feature.h; Decide,
  // microseconds, is each request's own.
  std::vector<absl::StatusOr<Logits>> Compute(absl::Span<PreparedRequest* const> items) const;
  PredictAnswer Decide(PreparedRequest& item, absl::Span<const float> logits) const;

 private:
  struct Group;

  absl::Status CheckCandles(PreparedRequest& prepared) const;
  // The experiment's choice of the version, once the newest candle is known.
  void ChooseVersion(PreparedRequest& prepared) const;
  static ContextOwner OwnerOf(const PreparedRequest& prepared);
  // One forward pass for all; where it fails, one for each, so that nobody fails for another's
  // window.
  void ComputeGroup(Group& group, std::vector<absl::StatusOr<Logits>>& outputs) const;
  absl::Status RunGroup(Group& group) const;
  // Why the model is not asked for a signal, kNone where it is; by order: an operator's switch, the
  // model's age, the market's hours and the candles' age. Says what people should know in warnings.
  records::HoldReason HoldOf(PreparedRequest& item, absl::Time as_of,
                             const DecisionPolicy& policy) const;
  records::HoldReason MarketHold(PreparedRequest& item, absl::Time as_of,
                                 const DecisionPolicy& policy) const;

  const serving::ModelRegistry& registry_;
  market::CandleSource* const source_;
  base::Clock& clock_;
  const PredictorOptions options_;  // but for the stale policy, which can change:
  std::atomic<StalePolicy> stale_policy_;
  std::atomic<int> stale_after_bars_;
  const market::TradingCalendar calendar_;
};

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_PREDICTOR_H_
