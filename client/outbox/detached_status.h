#ifndef AIFX_CLIENT_OUTBOX_DETACHED_STATUS_H_
#define AIFX_CLIENT_OUTBOX_DETACHED_STATUS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace aifx::outbox {

// A copy that shares no memory with `status`, to be handed to another thread. Copies of a Status
// share a reference count, and Debian's library is not instrumented: a correct program that shares
// one between threads reports a race under ThreadSanitizer.
inline absl::Status DetachedStatus(const absl::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status copy(status.code(), status.message());
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    copy.SetPayload(url, absl::Cord(std::string(payload)));
  });
  return copy;
}

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_DETACHED_STATUS_H_
