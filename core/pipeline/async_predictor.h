#ifndef AIFX_CORE_PIPELINE_ASYNC_PREDICTOR_H_
#define AIFX_CORE_PIPELINE_ASYNC_PREDICTOR_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"
#include "core/pipeline/newest_candles.h"
#include "core/pipeline/prediction_cache.h"
#include "core/pipeline/predictor.h"
#include "core/serving/batcher.h"
#include "core/serving/executor.h"
#include "core/serving/single_flight.h"

namespace aifx::pipeline {

struct AsyncPredictorStats {
  PredictionCacheStats cache;
  NewestCandlesStats candles;
  int64_t joined_inferences = 0;  // requests that shared another's forward pass
  int64_t joined_reads = 0;       // and another's read of the newest candles
};

// Takes prepared requests to their answers without blocking the caller. What is known is not
// computed again: candles that were read, windows that a model has seen, and what somebody else has
// asked for and waits for. The rest goes through the batcher (docs/serving.md). Thread-safe.
class AsyncPredictor {
 public:
  struct Options {
    PredictionCache::Options cache;  // without entries nothing is shared either
    NewestCandles::Options candles;
    uint64_t hash_seed = 0;  // secret and random, so that no caller can make windows collide
  };
  // Called once, on any thread, and perhaps before Start returns; must not block.
  using Done = std::function<void(absl::StatusOr<PredictAnswer>)>;

  // All references outlive it and what it has started; `blocking` reads candles.
  AsyncPredictor(const Predictor& predictor, serving::Batcher& batcher, serving::Executor& blocking,
                 base::Clock& clock, const Options& options);

  // Errors as Predictor's, and the batcher's refusals. Where this thread may compute
  // (Batcher::Options::computes_lone_jobs), Start can last as long as the model.
  void Start(PreparedRequest request, serving::Lane lane, const base::CallContext& context,
             Done done, serving::Computes computes = serving::Computes::kNever);

  // The candle of the series that opened at `open_time` is new or corrected: the next request reads
  // it. Whoever wants the answer ready before it is asked for starts a request without candles
  // after this.
  void Invalidate(const market::CurrencyPair& pair, market::Timeframe timeframe,
                  absl::Time open_time) {
    candles_.Invalidate({pair, timeframe}, open_time);
  }

  // For the registry's OnSwap.
  void EvictVersion(const std::string& name, int64_t version) {
    cache_.EvictVersion(name, version);
  }

  AsyncPredictorStats Stats() const;

 private:
  struct Task;
  class Reader;
  class Runner;
  class Job;
  using TaskPtr = std::shared_ptr<Task>;

  // Flights of one lane stay among themselves: an interactive caller never waits behind a batch.
  using InferenceKey = std::pair<OutputKey, serving::Lane>;
  // Series, generation, candles wanted.
  using ReadKey = std::tuple<std::string, market::Timeframe, int64_t, size_t>;

  void ReadCandles(const TaskPtr& task);
  void ReadForFlight(const TaskPtr& task, const ReadKey& key);
  // The newest candles, of those that are known only what may have changed; blocks.
  absl::StatusOr<SharedCandles> ReadSeries(const PreparedRequest& prepared, int64_t generation,
                                           const base::CallContext& context);
  void AdoptCandles(const TaskPtr& task, const absl::StatusOr<SharedCandles>& candles);
  void Infer(const TaskPtr& task);
  // What concerns this task alone, where it cannot lead.
  absl::Status LeadInference(const TaskPtr& task);
  void EndInference(const Task& leader, const absl::StatusOr<Logits>& logits);
  void AbandonOrFail(const Task& leader, const absl::Status& status);
  void Answer(Task& task, const absl::StatusOr<Logits>& logits);
  // Queues the candidate of a shadow experiment for the candles of a request that is decided.
  void StartShadow(PreparedRequest decided, records::Prediction champion);
  absl::Status CheckAlive(const base::CallContext& context) const;

  const Predictor& predictor_;
  serving::Batcher& batcher_;
  serving::Executor& blocking_;
  base::Clock& clock_;
  const uint64_t hash_seed_;
  std::atomic<int> shadows_{0};        // that wait or run
  std::atomic<uint64_t> unshared_{0};  // numbers windows where nothing is kept or shared
  PredictionCache cache_;
  NewestCandles candles_;
  serving::SingleFlight<InferenceKey, Logits> inferences_;
  serving::SingleFlight<ReadKey, SharedCandles> reads_;
};

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_ASYNC_PREDICTOR_H_
