#include "core/journal/prediction_journal.h"

#include "core/base/status_macros.h"

namespace aifx::journal {
namespace {

// What candles take in the queue, which is nearly all that an entry takes.
template <typename Candles, typename Context>
size_t CandleBytes(const Candles& candles, const Context& context) {
  size_t count = candles.size();
  for (const auto& series : context) count += series.candles.size();
  return count * sizeof(market::Candle);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PredictionJournal>> PredictionJournal::Open(Options options,
                                                                           base::Clock& clock,
                                                                           base::Logger& logger) {
  AIFX_ASSIGN_OR_RETURN(SegmentWriter files, SegmentWriter::Open(options.files));
  return std::unique_ptr<PredictionJournal>(
      new PredictionJournal(std::move(options), std::move(files), clock, logger));
}

PredictionJournal::PredictionJournal(Options options, SegmentWriter files, base::Clock& clock,
                                     base::Logger& logger)
    : options_(std::move(options)), clock_(clock), logger_(logger), files_(std::move(files)) {
  stats_.bytes = files_.bytes();
  stats_.segments = files_.segments();
  writer_ = std::thread([this] { Work(); });
}

PredictionJournal::~PredictionJournal() {
  {
    base::MutexLock lock(mutex_);
    stop_ = true;
    work_.NotifyOne();
  }
  writer_.join();
}

void PredictionJournal::OnPrediction(const pipeline::PreparedRequest& item,
                                     const pipeline::DecisionPolicy& policy,
                                     absl::Span<const float> logits,
                                     const records::Prediction& prediction) {
  const absl::Time now = clock_.Now();
  const std::vector<features::ContextSeries> context = UsedContext(item);
  const size_t bytes = CandleBytes(item.Window(), context);
  if (!Admit(item.request.submitted, now, bytes)) return;  // before anything is copied
  Enqueue({EntryOf(item, context, policy, logits, prediction, now), item.served.model, bytes});
}

bool PredictionJournal::Record(JournalEntry entry, std::shared_ptr<const model::Model> model) {
  const size_t bytes = CandleBytes(entry.candles, entry.context);
  if (!Admit(entry.submitted, entry.recorded_at, bytes)) return false;
  Enqueue({std::move(entry), std::move(model), bytes});
  return true;
}

bool PredictionJournal::Admit(bool submitted, absl::Time now, size_t bytes) {
  base::MutexLock lock(mutex_);
  if (!submitted) {
    // A clock that was set back begins a new second too.
    if (now >= second_ + absl::Seconds(1) || now < second_) {
      second_ = now;
      in_second_ = 0;
    }
    if (in_second_ >= options_.max_per_second) {
      ++stats_.skipped;
      return false;
    }
  }
  if (admitted_ >= options_.max_queued || admitted_bytes_ + bytes > options_.max_queued_bytes) {
    ++stats_.dropped;
    return false;
  }
  if (!submitted) ++in_second_;
  ++admitted_;
  admitted_bytes_ += bytes;
  return true;
}

void PredictionJournal::Enqueue(Pending pending) {
  base::MutexLock lock(mutex_);
  queue_.push_back(std::move(pending));
  ++begun_;
  work_.NotifyOne();
}

void PredictionJournal::Work() {
  while (true) {
    std::optional<Pending> next;
    {
      base::MutexLock lock(mutex_);
      while (queue_.empty() && !stop_) work_.Wait(mutex_);
      if (queue_.empty()) return;
      next.emplace(std::move(queue_.front()));
      queue_.pop_front();
      --admitted_;
      admitted_bytes_ -= next->bytes;
    }
    const absl::Status status = Write(*next);
    next.reset();  // the model, before Flush returns
    Report(status);
    base::MutexLock lock(mutex_);
    ++(status.ok() ? stats_.written : stats_.failed);
    stats_.bytes = files_.bytes();
    stats_.segments = files_.segments();
    ++ended_;
    idle_.NotifyAll();
  }
}

absl::Status PredictionJournal::Write(Pending& pending) {
  AIFX_ASSIGN_OR_RETURN(const pipeline::PreparedRequest prepared,
                        PreparedOf(pending.entry, pending.model));
  AIFX_ASSIGN_OR_RETURN(pending.entry.window, WindowOf(prepared));
  return files_.Append(EntryToJson(pending.entry), pending.entry.recorded_at);
}

void PredictionJournal::Report(const absl::Status& status) {
  if (status.ok() == !failing_) return;
  failing_ = !status.ok();
  if (failing_) {
    logger_.Warning("predictions are not recorded until the journal can be written again",
                    {{"folder", options_.files.folder}, {"error", std::string(status.message())}});
  } else {
    logger_.Info("predictions are recorded again", {{"folder", options_.files.folder}});
  }
}

absl::StatusOr<JournalEntry> PredictionJournal::Find(const std::string& id) {
  Flush();
  return FindEntry(options_.files.folder, id);
}

void PredictionJournal::Flush() {
  base::MutexLock lock(mutex_);
  const int64_t until = begun_;
  while (ended_ < until) idle_.Wait(mutex_);
}

JournalStats PredictionJournal::Stats() const {
  base::MutexLock lock(mutex_);
  JournalStats stats = stats_;
  stats.queued = static_cast<int64_t>(queue_.size());
  return stats;
}

}  // namespace aifx::journal
