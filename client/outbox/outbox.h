#ifndef AIFX_CLIENT_OUTBOX_OUTBOX_H_
#define AIFX_CLIENT_OUTBOX_OUTBOX_H_

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/outbox/answers.h"
#include "client/outbox/delivery.h"
#include "client/outbox/drainer.h"
#include "client/outbox/folder.h"
#include "client/outbox/options.h"
#include "client/outbox/writer.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/records/submission_store.h"

namespace aifx::outbox {

// What the outbox needs beside its options; all outlive it.
struct OutboxDependencies {
  Delivery& delivery;
  base::Clock& clock;
  base::Logger& logger;
  http::UniformSource uniform;  // jitter of repeated attempts
};

// How the outbox stands.
struct OutboxStats {
  Usage usage;                                // rows by state, payload bytes
  std::optional<absl::Duration> oldest_open;  // age of the oldest that is neither ACKED nor DEAD
  int64_t possible_duplicates = 0;            // docs/outbox.md says what is counted
  int64_t duplicates_found = 0;
  bool paused = false;    // the backend refuses our key: an operator has to act
  bool probing = false;   // the backend fails: one request at a time
  absl::Status disk;      // of the newest transaction
  std::string put_aside;  // where a damaged file went when this outbox was opened; else empty
};

// The durable queue of submissions (docs/outbox.md): accepts on this thread, sends on its own. Owns
// its folder while it lives. Thread-safe.
class Outbox final : public records::SubmissionStore {
 public:
  // Opens or makes the folder, takes up what was left in it, and starts to send.
  // FAILED_PRECONDITION where another process has the folder or a newer engine wrote it;
  // RESOURCE_EXHAUSTED, INTERNAL or the file system's error where the disk fails. A damaged file is
  // put aside, logged and told in Stats.
  static absl::StatusOr<std::unique_ptr<Outbox>> Open(OutboxOptions options,
                                                      OutboxDependencies dependencies);

  // For an operator while no engine runs: lists, shows, requeues and purges, sends nothing, and
  // refuses Submit and SubmitOutcome (FAILED_PRECONDITION). NOT_FOUND where there is no outbox in
  // `folder`; DATA_LOSS where its file is damaged, which is left as it is.
  static absl::StatusOr<std::unique_ptr<Outbox>> OpenOffline(const std::string& folder,
                                                             base::Clock& clock,
                                                             base::Logger& logger);
  // Shutdown without grace.
  ~Outbox() override;

  absl::StatusOr<records::SubmissionReceipt> Submit(const records::Submission& submission,
                                                    records::Acknowledge until,
                                                    const base::CallContext& context) override;
  absl::StatusOr<records::SubmissionReceipt> SubmitOutcome(
      const records::OutcomeUpdate& update, records::Acknowledge until,
      const base::CallContext& context) override;
  absl::StatusOr<records::SubmissionReceipt> Await(records::SubmissionKind kind,
                                                   const std::string& request_id,
                                                   const base::CallContext& context) override;
  absl::StatusOr<records::SubmissionReceipt> Get(records::SubmissionKind kind,
                                                 const std::string& request_id,
                                                 const base::CallContext& context) override;
  absl::StatusOr<records::SubmissionPage> List(const records::SubmissionQuery& query,
                                               const base::CallContext& context) override;
  absl::StatusOr<records::SubmissionReceipt> Requeue(records::SubmissionKind kind,
                                                     const std::string& request_id,
                                                     const base::CallContext& context) override;
  absl::StatusOr<int64_t> Purge(const std::vector<records::SubmissionState>& states,
                                absl::Duration older_than,
                                const base::CallContext& context) override;

  absl::StatusOr<OutboxStats> Stats(const base::CallContext& context = {});

  // Does what is due on the calling thread until nothing is: with options.workers 0, for tests and
  // for tools that send once.
  void DrainDue();

  // Stops sending, gives requests in flight `grace` (of real time), ends every wait for an answer,
  // then refuses further calls (UNAVAILABLE). Idempotent.
  void Shutdown(absl::Duration grace);

 private:
  // Accepts one kind of submission inside a transaction: the entry as it stands after, or what the
  // caller did wrong.
  using Accepted = absl::StatusOr<Entry>;

  Outbox(OutboxOptions options, Folder folder, std::string put_aside, EntryTable table,
         base::Clock& clock, base::Logger& logger);

  absl::StatusOr<records::SubmissionReceipt> Accept(
      const Entry& entry, records::Acknowledge until, const base::CallContext& context,
      const std::function<absl::Status(EntryTable&, Accepted&)>& accept);
  absl::Status AcceptPrediction(EntryTable& table, const Entry& entry, Accepted& accepted) const;
  absl::Status AcceptOutcome(EntryTable& table, const Entry& entry, Accepted& accepted) const;
  // RESOURCE_EXHAUSTED where so much more does not fit.
  absl::Status CheckRoom(const Usage& usage, int64_t more_rows, int64_t more_bytes) const;
  Entry NewEntry(records::SubmissionKind kind, const std::string& request_id,
                 std::string payload) const;

  const OutboxOptions options_;
  const Folder folder_;
  const std::string put_aside_;
  base::Clock& clock_;
  base::Logger& logger_;
  Answers answers_;
  Writer writer_;
  std::unique_ptr<Drainer> drainer_;  // none offline
};

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_OUTBOX_H_
