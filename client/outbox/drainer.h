#ifndef AIFX_CLIENT_OUTBOX_DRAINER_H_
#define AIFX_CLIENT_OUTBOX_DRAINER_H_

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "client/http/retry.h"
#include "client/outbox/delivery.h"
#include "client/outbox/gate.h"
#include "client/outbox/options.h"
#include "client/outbox/writer.h"
#include "core/base/log.h"

namespace aifx::outbox {

struct DrainerDependencies {
  Writer& writer;
  Delivery& delivery;
  base::Clock& clock;
  base::Logger& logger;
  http::UniformSource uniform;  // jitter
  // Told of every entry that changed, after its commit.
  std::function<void(const Entry&)> on_change;
};

// Sends what is due and records what came of it. What it does is decided by decisions.h and
// gate.h. Thread-safe.
class Drainer {
 public:
  // What the dependencies refer to outlives the drainer.
  Drainer(const OutboxOptions& options, DrainerDependencies dependencies)
      : options_(options), deps_(std::move(dependencies)) {}
  ~Drainer();

  // Starts options.workers threads, each with one request in flight at most.
  void Start();

  // One request, if one is due and may be sent: claims, sends, records. False: nothing to do now.
  bool Step();

  // Something new may be due.
  void Wake();

  // Begins no more requests. Those in flight get `grace` (of real time), then are cancelled.
  void Stop(absl::Duration grace);

  Gate gate() const;

 private:
  struct SendJob {
    Entry entry;             // as committed: kInflight
    std::string backend_id;  // an outcome's prediction, where its id is known
  };
  struct LookupJob {
    std::vector<Entry> entries;
  };
  using Job = std::variant<std::monostate, SendJob, LookupJob>;

  void Work();
  // Counts the request as in flight; false where none may begin now.
  bool Begin(bool& may_look_up);
  void End(bool looked_up);
  absl::Status Claim(EntryTable& table, absl::Time now, bool may_look_up, Job& job);
  absl::StatusOr<bool> ClaimOne(EntryTable& table, absl::Time now, Job& job);
  void Send(const SendJob& job);
  void LookUp(const LookupJob& job);
  // Records a result that must not be lost: repeated by later Steps until the disk takes it.
  void Record(std::function<absl::Status(EntryTable&, std::vector<Entry>&)> change);
  bool RecordPending();
  void NoteEnd(AttemptEnd end, const absl::Status& status);
  // Logs once that the backend lacks the route of this kind, until it takes one.
  void NoteRoute(records::SubmissionKind kind, const absl::Status& status);
  void LogEnd(const Entry& entry);
  // Trims, and follows a clock that was set back. Returns the time by our clock.
  absl::Time HouseKeep();
  // Forgets what is ACKED for long, or beyond the number kept. `probe`: writes in any case.
  absl::Status Trim(EntryTable& table, absl::Time now, bool probe) const;
  // Logs when the disk begins to fail at `task`, and when it is over.
  enum class Task { kClaim, kKeepHouse };
  void NoteDisk(Task task, const absl::Status& status);
  base::CallContext Context(absl::Duration timeout) const;

  const OutboxOptions options_;
  const DrainerDependencies deps_;
  const std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
  mutable base::Mutex mutex_;
  base::ConditionVariable wake_;
  base::ConditionVariable idle_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool work_hint_ ABSL_GUARDED_BY(mutex_) = false;
  int in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  bool looking_up_ ABSL_GUARDED_BY(mutex_) = false;
  Gate gate_ ABSL_GUARDED_BY(mutex_);
  std::array<bool, 2> no_route_ ABSL_GUARDED_BY(mutex_) = {};    // by SubmissionKind
  std::array<bool, 2> disk_fails_ ABSL_GUARDED_BY(mutex_) = {};  // by Task
  absl::Time last_now_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time next_trim_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::vector<std::function<absl::Status(EntryTable&, std::vector<Entry>&)>> pending_
      ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_DRAINER_H_
