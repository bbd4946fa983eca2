#ifndef AIFX_CORE_BASE_CALL_CONTEXT_H_
#define AIFX_CORE_BASE_CALL_CONTEXT_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/time/time.h"

namespace aifx::base {

// What travels with one request through every step, REST included: how long it may take, whether
// its caller has gone away, and the id that its log lines carry. Cheap to copy; copies share the
// cancellation flag. Thread-safe.
struct CallContext {
  absl::Time deadline = absl::InfiniteFuture();
  std::string request_id;   // sent on as x-request-id; may be empty
  std::string traceparent;  // W3C trace context, passed on unchanged; may be empty
  std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);

  void Cancel() const { cancelled->store(true, std::memory_order_release); }
  bool IsCancelled() const { return cancelled->load(std::memory_order_acquire); }
};

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_CALL_CONTEXT_H_
