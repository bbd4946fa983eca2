#include "client/outbox/answers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/outbox/detached_status.h"

namespace aifx::outbox {
namespace {

// Waits are cut into slices: nobody is told of a cancelled context.
constexpr absl::Duration kSlice = absl::Milliseconds(50);

std::string GoesOn(const std::string& request_id) {
  return absl::StrCat("; submission ", request_id,
                      " is kept and goes on: ask for it later (GetSubmission)");
}

}  // namespace

Answers::Place::Place(Answers& answers, records::SubmissionKind kind, const std::string& request_id)
    : answers_(answers), key_(KeyOf(kind, request_id)) {
  base::MutexLock lock(answers_.mutex_);
  answers_.places_.emplace(key_, this);
}

Answers::Place::~Place() {
  base::MutexLock lock(answers_.mutex_);
  auto [place, end] = answers_.places_.equal_range(key_);
  while (place != end && place->second != this) ++place;
  if (place != end) answers_.places_.erase(place);
}

absl::StatusOr<records::SubmissionReceipt> Answers::Place::Wait(int64_t revision,
                                                                const base::CallContext& context) {
  base::MutexLock lock(answers_.mutex_);
  while (true) {
    if (receipt_.has_value() && revision_ >= revision) return *std::move(receipt_);
    if (context.IsCancelled()) {
      return absl::CancelledError(absl::StrCat("the call was cancelled", GoesOn(key_.second)));
    }
    if (answers_.closed_) {
      return absl::CancelledError(absl::StrCat("the engine is stopping", GoesOn(key_.second)));
    }
    const absl::Duration left = context.deadline - answers_.clock_.Now();
    if (left <= absl::ZeroDuration()) {
      return absl::DeadlineExceededError(
          absl::StrCat("the backend has not answered yet", GoesOn(key_.second)));
    }
    changed_.WaitFor(answers_.mutex_, std::min(left, kSlice));
  }
}

void Answers::Publish(const Entry& entry) {
  base::MutexLock lock(mutex_);
  const auto [first, end] = places_.equal_range(KeyOf(entry.kind, entry.request_id));
  for (auto place = first; place != end; ++place) {
    // Answers are published after their commits, so an older one may come late.
    if (place->second->receipt_.has_value() && place->second->revision_ > entry.revision) continue;
    records::SubmissionReceipt receipt = ReceiptOf(entry);
    receipt.error = DetachedStatus(receipt.error);
    place->second->receipt_ = std::move(receipt);
    place->second->revision_ = entry.revision;
    place->second->changed_.NotifyAll();
  }
}

void Answers::Close() {
  base::MutexLock lock(mutex_);
  closed_ = true;
  for (const auto& [key, place] : places_) place->changed_.NotifyAll();
}

std::pair<int, std::string> Answers::KeyOf(records::SubmissionKind kind,
                                           const std::string& request_id) {
  return {static_cast<int>(kind), absl::AsciiStrToLower(request_id)};
}

}  // namespace aifx::outbox
