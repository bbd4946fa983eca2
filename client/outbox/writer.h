#ifndef AIFX_CLIENT_OUTBOX_WRITER_H_
#define AIFX_CLIENT_OUTBOX_WRITER_H_

#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "client/outbox/entry_table.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"

namespace aifx::outbox {

// The one thread that uses the outbox's file. Operations that wait are done in one transaction
// (group commit): one sync makes all of them durable. Thread-safe.
class Writer {
 public:
  // Reads and writes the table; results leave through what it captures, and hold only when Execute
  // returns OK. An error means that the table failed (not that a caller asked for the wrong thing):
  // everything in the transaction is rolled back. May be called on another thread; must not throw.
  using Operation = std::function<absl::Status(EntryTable&)>;

  // `clock` outlives the writer.
  Writer(EntryTable table, base::Clock& clock);
  // Does what is queued, then closes the file.
  ~Writer();

  // Returns after the commit. DEADLINE_EXCEEDED or CANCELLED where the operation's turn comes too
  // late: it was not run. UNAVAILABLE after Stop. RESOURCE_EXHAUSTED (the disk is full) or INTERNAL
  // where the disk failed: nothing was kept.
  absl::Status Execute(Operation operation, const base::CallContext& context = {});

  // Refuses new operations, does those that are queued, ends the thread. Idempotent.
  void Stop();

  // Operations that wait for their transaction.
  size_t waiting() const;
  // Whether none waits and none is being done.
  bool is_idle() const;

  // Of the newest transaction that wrote or failed: OK, or why the disk fails. That one can be read
  // says nothing of a full disk.
  absl::Status disk_status() const;

 private:
  struct Ticket {
    Operation operation;
    base::CallContext context;
    base::Mutex mutex;
    base::ConditionVariable finished;
    std::optional<absl::Status> result ABSL_GUARDED_BY(mutex);
  };
  using Batch = std::vector<std::shared_ptr<Ticket>>;

  void Work();
  Batch NextBatch();
  // Takes those whose time is over out of the batch and answers them.
  void AnswerLate(Batch& batch);
  absl::Status RunTransaction(const Batch& batch);
  static void Answer(Ticket& ticket, const absl::Status& status);

  EntryTable table_;  // the thread's alone
  base::Clock& clock_;
  mutable base::Mutex mutex_;
  base::ConditionVariable wake_;
  std::deque<std::shared_ptr<Ticket>> queue_ ABSL_GUARDED_BY(mutex_);
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status disk_status_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_WRITER_H_
