#include <utility>

#include "absl/strings/str_cat.h"
#include "client/outbox/decisions.h"
#include "client/outbox/outbox.h"
#include "client/outbox/schema.h"
#include "core/base/status_macros.h"

namespace aifx::outbox {
namespace {

using records::SubmissionState;

// Longer than any back-off.
constexpr absl::Duration kLongestWait = absl::Hours(1);

// What was being sent when the engine stopped: nobody knows whether it arrived.
absl::Status TakeUpInflight(EntryTable& table, absl::Time now, const DeliveryPolicy& policy) {
  AIFX_ASSIGN_OR_RETURN(const std::vector<Entry> inflight,
                        table.InState(SubmissionState::kInflight, INT64_MAX));
  if (inflight.empty()) return absl::OkStatus();
  AIFX_RETURN_IF_ERROR(table.database().Run("BEGIN"));
  for (const Entry& entry : inflight) {
    AIFX_RETURN_IF_ERROR(table.Update(entry, AfterRestart(entry, now, policy)));
  }
  return table.database().Run("COMMIT");
}

absl::StatusOr<EntryTable> OpenTable(const std::string& path, const std::string& vfs,
                                     absl::Time now, const DeliveryPolicy& policy) {
  AIFX_ASSIGN_OR_RETURN(Database database, OpenDatabase(path, vfs));
  AIFX_ASSIGN_OR_RETURN(EntryTable table, EntryTable::Open(std::move(database)));
  AIFX_RETURN_IF_ERROR(TakeUpInflight(table, now, policy));
  // Accepted under a clock that was far ahead, it would wait until that time comes.
  AIFX_RETURN_IF_ERROR(table.CapDue(now + kLongestWait));
  return table;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Outbox>> Outbox::Open(OutboxOptions options,
                                                     OutboxDependencies dependencies) {
  AIFX_ASSIGN_OR_RETURN(Folder folder,
                        Folder::Lock(options.folder, /*create=*/true, dependencies.logger));
  const absl::Time now = dependencies.clock.Now();
  // A VFS of a test keeps its files elsewhere.
  if (options.vfs.empty()) AIFX_RETURN_IF_ERROR(folder.CreateDatabaseFile());
  std::string put_aside;
  absl::StatusOr<EntryTable> table =
      OpenTable(folder.database(), options.vfs, now, options.delivery);
  if (absl::IsDataLoss(table.status()) && options.vfs.empty()) {
    AIFX_ASSIGN_OR_RETURN(put_aside, folder.PutAside(now));
    dependencies.logger.Error(
        "the outbox's file is damaged and was put aside: what it held is NOT sent; an empty one "
        "takes its place",
        {{"put_aside", put_aside}, {"cause", std::string(table.status().message())}});
    AIFX_RETURN_IF_ERROR(folder.CreateDatabaseFile());
    table = OpenTable(folder.database(), options.vfs, now, options.delivery);
  }
  AIFX_RETURN_IF_ERROR(table.status());
  const OutboxOptions kept = options;
  std::unique_ptr<Outbox> outbox(new Outbox(std::move(options), std::move(folder),
                                            std::move(put_aside), *std::move(table),
                                            dependencies.clock, dependencies.logger));
  outbox->drainer_ = std::make_unique<Drainer>(
      kept, DrainerDependencies{outbox->writer_, dependencies.delivery, dependencies.clock,
                                dependencies.logger, std::move(dependencies.uniform),
                                [answers = &outbox->answers_](const Entry& entry) {
                                  if (IsAnswered(entry)) answers->Publish(entry);
                                }});
  outbox->drainer_->Start();
  return outbox;
}

absl::StatusOr<std::unique_ptr<Outbox>> Outbox::OpenOffline(const std::string& folder_path,
                                                            base::Clock& clock,
                                                            base::Logger& logger) {
  AIFX_ASSIGN_OR_RETURN(Folder folder, Folder::Lock(folder_path, /*create=*/false, logger));
  OutboxOptions options{.folder = folder_path, .workers = 0};
  AIFX_ASSIGN_OR_RETURN(EntryTable table,
                        OpenTable(folder.database(), "", clock.Now(), options.delivery));
  return std::unique_ptr<Outbox>(
      new Outbox(std::move(options), std::move(folder), "", std::move(table), clock, logger));
}

}  // namespace aifx::outbox
