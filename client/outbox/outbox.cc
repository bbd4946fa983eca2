#include "client/outbox/outbox.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/outbox/ordering.h"
#include "client/outbox/payload.h"
#include "core/base/ids.h"
#include "core/base/sha256.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::outbox {

using records::Acknowledge;
using records::SubmissionKind;
using records::SubmissionReceipt;
using records::SubmissionState;

Outbox::Outbox(OutboxOptions options, Folder folder, std::string put_aside, EntryTable table,
               base::Clock& clock, base::Logger& logger)
    : options_(std::move(options)),
      folder_(std::move(folder)),
      put_aside_(std::move(put_aside)),
      clock_(clock),
      logger_(logger),
      answers_(clock),
      writer_(std::move(table), clock) {}

Outbox::~Outbox() { Shutdown(absl::ZeroDuration()); }

void Outbox::Shutdown(absl::Duration grace) {
  if (drainer_ != nullptr) drainer_->Stop(grace);
  answers_.Close();
  writer_.Stop();
}

void Outbox::DrainDue() {
  while (drainer_ != nullptr && drainer_->Step()) {
  }
}

Entry Outbox::NewEntry(SubmissionKind kind, const std::string& request_id,
                       std::string payload) const {
  const absl::Time now = clock_.Now();
  Entry entry;
  entry.kind = kind;
  entry.request_id = request_id;
  entry.content_hash = base::Sha256Hex(payload);
  entry.payload = std::move(payload);
  entry.created_at = entry.queued_at = now;
  entry.next_attempt_at = now;
  return entry;
}

absl::Status Outbox::CheckRoom(const Usage& usage, int64_t more_rows, int64_t more_bytes) const {
  std::string full;
  if (usage.OpenRows() + more_rows > options_.max_rows) {
    full = absl::StrCat(usage.OpenRows(), " of ", options_.max_rows, " submissions");
  } else if (usage.open_bytes + more_bytes > options_.max_bytes) {
    full = absl::StrCat(usage.open_bytes, " of ", options_.max_bytes, " bytes, ", more_bytes,
                        " more wanted");
  }
  if (full.empty()) return absl::OkStatus();
  return base::WithRetryAfter(
      base::WithReason(absl::ResourceExhaustedError(absl::StrCat(
                           "the outbox is full (", full,
                           "): wait until the backend has taken some, or purge what is DEAD")),
                       "OUTBOX_FULL"),
      1);
}

absl::StatusOr<SubmissionReceipt> Outbox::Submit(const records::Submission& submission,
                                                 Acknowledge until,
                                                 const base::CallContext& context) {
  AIFX_ASSIGN_OR_RETURN(std::string payload, PayloadOf(submission));
  const Entry entry =
      NewEntry(SubmissionKind::kPrediction, submission.request_id, std::move(payload));
  return Accept(entry, until, context, [&](EntryTable& table, Accepted& accepted) {
    return AcceptPrediction(table, entry, accepted);
  });
}

absl::Status Outbox::AcceptPrediction(EntryTable& table, const Entry& entry,
                                      Accepted& accepted) const {
  const absl::Status room = CheckRoom(table.usage(), 1, static_cast<int64_t>(entry.payload.size()));
  if (room.ok()) {
    AIFX_ASSIGN_OR_RETURN(const std::optional<int64_t> sequence, table.Insert(entry));
    if (sequence.has_value()) {
      accepted = entry;
      accepted->sequence = *sequence;
      return absl::OkStatus();
    }
  }
  AIFX_ASSIGN_OR_RETURN(const std::optional<Entry> existing,
                        table.Find(entry.kind, entry.request_id));
  if (!existing.has_value()) {
    accepted = room;
  } else if (existing->content_hash == entry.content_hash) {
    accepted = *existing;
  } else {
    accepted = base::WithReason(
        absl::AlreadyExistsError(absl::StrCat(
            "request_id ", entry.request_id,
            " was used for a submission with other content: use a new one for a new submission")),
        "SUBMISSION_EXISTS");
  }
  return absl::OkStatus();
}

absl::StatusOr<SubmissionReceipt> Outbox::SubmitOutcome(const records::OutcomeUpdate& update,
                                                        Acknowledge until,
                                                        const base::CallContext& context) {
  // The database behind the backend answers an id that is no UUID with a server error.
  if (!base::IsUuid(update.prediction_id)) {
    return base::InvalidArgument(
        {{"prediction_id",
          absl::StrCat("prediction_id \"", update.prediction_id, "\" is not a UUID")}});
  }
  AIFX_ASSIGN_OR_RETURN(std::string payload, PayloadOf(update));
  const Entry entry = NewEntry(SubmissionKind::kOutcome, update.prediction_id, std::move(payload));
  return Accept(entry, until, context, [&](EntryTable& table, Accepted& accepted) {
    return AcceptOutcome(table, entry, accepted);
  });
}

absl::Status Outbox::AcceptOutcome(EntryTable& table, const Entry& entry,
                                   Accepted& accepted) const {
  AIFX_ASSIGN_OR_RETURN(const std::optional<Entry> existing,
                        table.Find(entry.kind, entry.request_id));
  if (existing.has_value() && existing->content_hash == entry.content_hash) {
    accepted = *existing;
    return absl::OkStatus();
  }
  const bool adds_row = !existing.has_value() || existing->state == SubmissionState::kAcked;
  const int64_t more_bytes =
      static_cast<int64_t>(entry.payload.size()) -
      static_cast<int64_t>(existing.has_value() ? existing->payload.size() : 0);
  if (absl::Status room = CheckRoom(table.usage(), adds_row ? 1 : 0, more_bytes); !room.ok()) {
    accepted = std::move(room);
    return absl::OkStatus();
  }
  AIFX_ASSIGN_OR_RETURN(const std::optional<Entry> prediction,
                        table.Find(SubmissionKind::kPrediction, entry.request_id));
  if (!existing.has_value()) {
    Entry placed = PlaceOutcome(entry, prediction, entry.queued_at);
    AIFX_ASSIGN_OR_RETURN(const std::optional<int64_t> sequence, table.Insert(placed));
    placed.sequence = sequence.value_or(0);
    accepted = std::move(placed);
    return absl::OkStatus();
  }
  Entry replaced = ReplaceOutcome(*existing, entry, prediction);
  AIFX_RETURN_IF_ERROR(table.Update(*existing, replaced));
  accepted = std::move(replaced);
  return absl::OkStatus();
}

absl::StatusOr<SubmissionReceipt> Outbox::Accept(
    const Entry& entry, Acknowledge until, const base::CallContext& context,
    const std::function<absl::Status(EntryTable&, Accepted&)>& accept) {
  if (drainer_ == nullptr) {
    return absl::FailedPreconditionError("the outbox is open offline: submit through an engine");
  }
  std::optional<Answers::Place> place;
  if (until == Acknowledge::kWhenAnswered) place.emplace(answers_, entry.kind, entry.request_id);
  Accepted accepted = absl::InternalError("not accepted");
  AIFX_RETURN_IF_ERROR(
      writer_.Execute([&](EntryTable& table) { return accept(table, accepted); }, context));
  AIFX_RETURN_IF_ERROR(accepted.status());
  if (!IsAnswered(*accepted)) drainer_->Wake();
  if (!place.has_value() || IsAnswered(*accepted)) return ReceiptOf(*accepted);
  return place->Wait(accepted->revision, context);
}

}  // namespace aifx::outbox
