#include "client/outbox/writer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/outbox/detached_status.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::outbox {
namespace {

// Bounds how long the first caller of a batch waits for the last.
constexpr size_t kMaxBatch = 256;

// What callers may see of a failure at run time: the port knows no DATA_LOSS and no lock.
absl::Status ForCallers(const absl::Status& status) {
  if (status.ok() || absl::IsResourceExhausted(status) || absl::IsInternal(status)) return status;
  return absl::InternalError(absl::StrCat(status.message(),
                                          "; restart the engine: a damaged file "
                                          "is then put aside"));
}

}  // namespace

Writer::Writer(EntryTable table, base::Clock& clock) : table_(std::move(table)), clock_(clock) {
  thread_ = std::thread([this] { Work(); });
}

Writer::~Writer() { Stop(); }

absl::Status Writer::Execute(Operation operation, const base::CallContext& context) {
  const auto ticket = std::make_shared<Ticket>();
  ticket->operation = std::move(operation);
  ticket->context = context;
  {
    base::MutexLock lock(mutex_);
    if (stopping_) {
      return base::WithReason(absl::UnavailableError("the outbox is shutting down"),
                              "SHUTTING_DOWN");
    }
    queue_.push_back(ticket);
    if (queue_.size() == 1) wake_.NotifyOne();
  }
  base::MutexLock lock(ticket->mutex);
  while (!ticket->result.has_value()) ticket->finished.Wait(ticket->mutex);
  return *std::move(ticket->result);
}

void Writer::Stop() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    wake_.NotifyOne();
  }
  if (thread_.joinable()) thread_.join();
}

size_t Writer::waiting() const {
  base::MutexLock lock(mutex_);
  return queue_.size();
}

bool Writer::is_idle() const {
  base::MutexLock lock(mutex_);
  return queue_.empty() && !busy_;
}

absl::Status Writer::disk_status() const {
  base::MutexLock lock(mutex_);
  return DetachedStatus(disk_status_);
}

void Writer::Work() {
  while (true) {
    Batch batch = NextBatch();
    if (batch.empty()) return;
    AnswerLate(batch);
    if (batch.empty()) continue;
    const int64_t changes = table_.database().TotalChanges();
    const absl::Status status = ForCallers(RunTransaction(batch));
    if (!status.ok() || table_.database().TotalChanges() != changes) {
      base::MutexLock lock(mutex_);
      disk_status_ = DetachedStatus(status);
    }
    for (const auto& ticket : batch) Answer(*ticket, status);
  }
}

Writer::Batch Writer::NextBatch() {
  base::MutexLock lock(mutex_);
  busy_ = false;
  while (queue_.empty() && !stopping_) wake_.Wait(mutex_);
  busy_ = !queue_.empty();
  const auto end = queue_.begin() + static_cast<ptrdiff_t>(std::min(queue_.size(), kMaxBatch));
  Batch batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return batch;
}

void Writer::AnswerLate(Batch& batch) {
  const absl::Time now = clock_.Now();
  const auto late = std::stable_partition(batch.begin(), batch.end(), [&](const auto& ticket) {
    return !ticket->context.IsCancelled() && now < ticket->context.deadline;
  });
  for (auto ticket = late; ticket != batch.end(); ++ticket) {
    Answer(**ticket, (*ticket)->context.IsCancelled()
                         ? absl::CancelledError("cancelled before the outbox took it; not kept")
                         : absl::DeadlineExceededError(
                               "the deadline passed before the outbox took it; not kept"));
  }
  batch.erase(late, batch.end());
}

absl::Status Writer::RunTransaction(const Batch& batch) {
  Database& database = table_.database();
  const Usage before = table_.usage();
  absl::Status status = database.Run("BEGIN");
  for (const auto& ticket : batch) {
    if (status.ok()) status = ticket->operation(table_);
  }
  if (status.ok()) status = database.Run("COMMIT");
  if (status.ok()) return status;
  table_.RestoreUsage(before);
  // Some failures end the transaction by themselves.
  if (database.InTransaction()) database.Run("ROLLBACK").IgnoreError();
  return status;
}

void Writer::Answer(Ticket& ticket, const absl::Status& status) {
  base::MutexLock lock(ticket.mutex);
  ticket.operation = nullptr;  // what it captured is the caller's again
  ticket.result = DetachedStatus(status);
  ticket.finished.NotifyOne();
}

}  // namespace aifx::outbox
