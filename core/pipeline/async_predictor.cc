#include "core/pipeline/async_predictor.h"

#include <algorithm>
#include <optional>

#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/pipeline/undefined_feature.h"
#include "core/serving/admission.h"

namespace aifx::pipeline {
namespace {

// Shadows that may wait or run; what is beyond is dropped, so that they never fill the batch lane.
constexpr int kMaxShadows = 64;
constexpr absl::Duration kShadowPatience = absl::Seconds(10);

// Whether a leader was refused for a reason of its own, which leaves the flight to the others.
bool ConcernsOneCall(const absl::Status& status) {
  return absl::IsCancelled(status) || absl::IsDeadlineExceeded(status) ||
         base::ReasonOf(status) == serving::kQueueTooLong;
}

}  // namespace

// One request on its way. Only one thread at a time works on it.
struct AsyncPredictor::Task {
  AsyncPredictor& owner;
  PreparedRequest prepared;
  const serving::Lane lane;
  const base::CallContext context;
  Done done;
  OutputKey key = {};                                      // of the window, once it has candles
  absl::Time since = {};                                   // it waits for candles or for a thread
  serving::Computes computes = serving::Computes::kNever;  // the thread that it is on
};

// Wants a series' newest candles.
class AsyncPredictor::Reader final : public serving::FlightMember<SharedCandles> {
 public:
  Reader(TaskPtr task, ReadKey key) : task_(std::move(task)), key_(std::move(key)) {}

  absl::Status CheckAlive() const override { return task_->owner.CheckAlive(task_->context); }
  absl::Status Lead() override {
    task_->owner.ReadForFlight(task_, key_);
    return absl::OkStatus();
  }
  void Done(const absl::StatusOr<SharedCandles>& candles) override {
    task_->owner.AdoptCandles(task_, candles);
  }

 private:
  const TaskPtr task_;
  const ReadKey key_;
};

// Wants the model's output for a window.
class AsyncPredictor::Runner final : public serving::FlightMember<Logits> {
 public:
  explicit Runner(TaskPtr task) : task_(std::move(task)) {}

  absl::Status CheckAlive() const override { return task_->owner.CheckAlive(task_->context); }
  absl::Status Lead() override { return task_->owner.LeadInference(task_); }
  void Done(const absl::StatusOr<Logits>& logits) override { task_->owner.Answer(*task_, logits); }

 private:
  const TaskPtr task_;
};

// A window in the batcher's queue.
class AsyncPredictor::Job final : public serving::BatchJob {
 public:
  explicit Job(TaskPtr task) : task_(std::move(task)) {}

  void Run(absl::Span<const std::unique_ptr<BatchJob>> jobs) override {
    AsyncPredictor& owner = task_->owner;
    const absl::Time start = owner.clock_.Now();
    std::vector<PreparedRequest*> requests;
    requests.reserve(jobs.size());
    for (const auto& job : jobs) {
      Task& task = *static_cast<Job&>(*job).task_;
      task.prepared.times.queue = start - task.since;
      requests.push_back(&task.prepared);
    }
    const std::vector<absl::StatusOr<Logits>> logits = owner.predictor_.Compute(requests);
    for (size_t i = 0; i < jobs.size(); ++i) {
      const TaskPtr task = std::exchange(static_cast<Job&>(*jobs[i]).task_, nullptr);
      owner.EndInference(*task, logits[i]);
    }
  }

  void Refuse(const absl::Status& status) override {
    const TaskPtr task = std::exchange(task_, nullptr);
    if (task != nullptr) task->owner.AbandonOrFail(*task, status);
  }

 private:
  TaskPtr task_;  // null once it has ended
};

AsyncPredictor::AsyncPredictor(const Predictor& predictor, serving::Batcher& batcher,
                               serving::Executor& blocking, base::Clock& clock,
                               const Options& options)
    : predictor_(predictor),
      batcher_(batcher),
      blocking_(blocking),
      clock_(clock),
      hash_seed_(options.hash_seed),
      cache_(options.cache),
      candles_(options.candles) {}

absl::Status AsyncPredictor::CheckAlive(const base::CallContext& context) const {
  if (context.IsCancelled()) return serving::GoneStatus();
  return clock_.Now() >= context.deadline ? serving::ExpiredStatus() : absl::OkStatus();
}

void AsyncPredictor::Start(PreparedRequest request, serving::Lane lane,
                           const base::CallContext& context, Done done,
                           serving::Computes computes) {
  const bool needs_fetch = request.NeedsFetch();
  auto task =
      std::make_shared<Task>(Task{*this, std::move(request), lane, context, std::move(done)});
  task->computes = computes;
  if (needs_fetch) {
    ReadCandles(task);
  } else {
    Infer(task);
  }
}

void AsyncPredictor::ReadCandles(const TaskPtr& task) {
  const PredictRequest& request = task->prepared.request;
  task->since = clock_.Now();
  // Nobody else asks for that moment; and candles of several pairs are not shared.
  if (request.as_of.has_value() || task->prepared.needs_context || !candles_.enabled()) {
    task->computes = serving::Computes::kNever;
    const absl::Status queued = blocking_.Submit([this, task] {
      absl::Status status = CheckAlive(task->context);
      if (status.ok()) status = predictor_.Fetch(task->prepared, task->context);
      if (!status.ok()) return task->done(status);
      Infer(task);
    });
    if (!queued.ok()) task->done(queued);
    return;
  }
  const SeriesKey series{request.pair, request.timeframe};
  if (SharedCandles known = candles_.Find(series, task->prepared.candles_wanted, task->since)) {
    return AdoptCandles(task, known);
  }
  task->computes = serving::Computes::kNever;
  ReadKey key(series.pair.ToString(), series.timeframe, candles_.Generation(series),
              task->prepared.candles_wanted);
  auto reader = std::make_shared<Reader>(task, key);
  reads_.Join(key, std::move(reader));
}

void AsyncPredictor::ReadForFlight(const TaskPtr& task, const ReadKey& key) {
  const absl::Status queued = blocking_.Submit([this, task, key] {
    if (const absl::Status alive = CheckAlive(task->context); !alive.ok()) {
      return reads_.Abandon(key, alive);
    }
    const SeriesKey series{task->prepared.request.pair, task->prepared.request.timeframe};
    // Another flight may have ended between the look at the cache and the start of this one.
    if (SharedCandles known = candles_.Peek(series, task->prepared.candles_wanted, clock_.Now())) {
      return reads_.Finish(key, known);
    }
    const auto read = ReadSeries(task->prepared, std::get<2>(key), task->context);
    if (read.ok() || CheckAlive(task->context).ok()) return reads_.Finish(key, read);
    reads_.Abandon(key, read.status());  // the read's own words say who was too slow
  });
  if (!queued.ok()) reads_.Finish(key, queued);
}

absl::StatusOr<SharedCandles> AsyncPredictor::ReadSeries(const PreparedRequest& prepared,
                                                         int64_t generation,
                                                         const base::CallContext& context) {
  const SeriesKey series{prepared.request.pair, prepared.request.timeframe};
  const size_t count = prepared.candles_wanted;
  const absl::Time now = clock_.Now();
  if (const auto known = candles_.Known(series, count, now)) {
    AIFX_ASSIGN_OR_RETURN(const std::vector<market::Candle> read,
                          predictor_.ReadFrom(prepared, known->FirstToRead().open_time, context));
    if (SharedCandles joined = JoinRead(*known, read)) {
      candles_.Store(series, known->count, joined, generation, now, known->whole_read);
      return joined;
    }
  }
  AIFX_ASSIGN_OR_RETURN(std::vector<market::Candle> read, predictor_.ReadNewest(prepared, context));
  auto candles = std::make_shared<const std::vector<market::Candle>>(std::move(read));
  candles_.Store(series, count, candles, generation, now);
  return candles;
}

void AsyncPredictor::AdoptCandles(const TaskPtr& task,
                                  const absl::StatusOr<SharedCandles>& candles) {
  if (!candles.ok()) return task->done(candles.status());
  const absl::Time now = clock_.Now();
  task->prepared.times.fetch = now - task->since;
  // What came may have closed since the request was made: it is answered as of now.
  task->prepared.now = std::max(task->prepared.now, now);
  // No more than the request would have read itself.
  const std::vector<market::Candle>& all = **candles;
  const size_t count = std::min(all.size(), task->prepared.candles_wanted);
  const absl::Status adopted =
      predictor_.Adopt(task->prepared, {all.end() - static_cast<std::ptrdiff_t>(count), all.end()});
  if (!adopted.ok()) {
    candles_.Distrust({task->prepared.request.pair, task->prepared.request.timeframe});
    return task->done(adopted);
  }
  Infer(task);
}

void AsyncPredictor::Infer(const TaskPtr& task) {
  const PreparedRequest& prepared = task->prepared;
  task->key.model = prepared.served.model.get();
  if (cache_.enabled()) {
    task->key.window = prepared.needs_context ? HashWindow(prepared.request.pair, prepared.Window(),
                                                           prepared.context, hash_seed_)
                                              : HashWindow(prepared.Window(), hash_seed_);
    if (const auto known = cache_.Find(task->key, prepared.served.model)) {
      return Answer(*task, *known);
    }
  } else {
    task->key.window.low = ++unshared_;  // a flight of its own
  }
  inferences_.Join({task->key, task->lane}, std::make_shared<Runner>(task));
}

absl::Status AsyncPredictor::LeadInference(const TaskPtr& task) {
  // Another flight may have ended between the look at the cache and the start of this one.
  if (const auto known = cache_.Peek(task->key, task->prepared.served.model)) {
    inferences_.Finish({task->key, task->lane}, *known);
    return absl::OkStatus();
  }
  task->since = clock_.Now();
  const serving::BatchKey key{.kind = serving::kPredictionJobs, .model = task->key.model};
  const absl::Status queued = batcher_.Submit(task->lane, key, 1, task->context,
                                              std::make_unique<Job>(task), task->computes);
  if (queued.ok() || ConcernsOneCall(queued)) return queued;
  inferences_.Finish({task->key, task->lane}, queued);
  return absl::OkStatus();
}

void AsyncPredictor::EndInference(const Task& leader, const absl::StatusOr<Logits>& logits) {
  if (logits.ok()) cache_.Store(leader.key, leader.prepared.served.model, *logits);
  inferences_.Finish({leader.key, leader.lane}, logits);
}

void AsyncPredictor::AbandonOrFail(const Task& leader, const absl::Status& status) {
  const InferenceKey key(leader.key, leader.lane);
  if (ConcernsOneCall(status)) {
    inferences_.Abandon(key, status);
  } else {
    inferences_.Finish(key, status);
  }
}

void AsyncPredictor::Answer(Task& task, const absl::StatusOr<Logits>& logits) {
  const ExperimentPart& part = task.prepared.part;
  if (!logits.ok()) {
    if (part.running != nullptr && IsModelFailure(logits.status())) {
      part.running->CountError(part.arm);
    }
    return task.done(InTermsOf(task.prepared, logits.status()));
  }
  PredictAnswer answer = predictor_.Decide(task.prepared, *logits);
  if (part.running != nullptr) {
    const bool first = part.running->CountAnswer(
        part.arm, part.point, ArmAnswerOf(answer.prediction, answer.times.model));
    // Queued before the caller is answered, who may be the last that keeps this object alive.
    if (first && part.shadow.model != nullptr) {
      StartShadow(std::move(task.prepared), answer.prediction);
    }
  }
  task.done(std::move(answer));
}

void AsyncPredictor::StartShadow(PreparedRequest decided, records::Prediction champion) {
  const std::shared_ptr<serving::RunningExperiment> running = decided.part.running;
  if (shadows_.fetch_add(1) >= kMaxShadows) {
    --shadows_;
    return running->CountDropped();
  }
  decided.served = std::exchange(decided.part, {}).shadow;
  decided.times = {};
  decided.answers_nobody = true;  // the champion's prediction has the same id
  base::CallContext context;      // the caller's ends with the answer
  context.deadline = clock_.Now() + kShadowPatience;
  context.request_id = decided.request.request_id;
  Start(std::move(decided), serving::Lane::kBatch, context,
        [this, running, champion = std::move(champion)](absl::StatusOr<PredictAnswer> answer) {
          --shadows_;
          if (answer.ok()) {
            CompareWithShadow(*running, champion, answer->prediction);
          } else if (IsModelFailure(answer.status())) {
            running->CountShadowFailure();
          } else {
            running->CountDropped();
          }
        });
}

AsyncPredictorStats AsyncPredictor::Stats() const {
  return {.cache = cache_.Stats(),
          .candles = candles_.Stats(),
          .joined_inferences = inferences_.joined(),
          .joined_reads = reads_.joined()};
}

}  // namespace aifx::pipeline
