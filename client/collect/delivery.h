#ifndef AIFX_CLIENT_COLLECT_DELIVERY_H_
#define AIFX_CLIENT_COLLECT_DELIVERY_H_

#include <cstddef>
#include <functional>

#include "absl/status/status.h"
#include "client/collect/difference.h"
#include "core/base/call_context.h"
#include "core/macro/macro_record.h"

namespace aifx::collect {

// What one call of the backend may hold.
inline constexpr size_t kMaxBatch = 1000;

// What was written, also where a later batch failed.
struct Delivered {
  macro::UpsertCounts counts;
  size_t records = 0;
};

// Told after every batch: how many records were written, of how many.
using OnBatch = std::function<void(size_t written, size_t total)>;

// Writes a difference in batches of at most `batch_size`. The first batch that fails ends it: what
// was written before stays, and the next run finds it there and goes on after it.
// REQUIRES: 0 < batch_size <= kMaxBatch.
absl::Status Deliver(const Difference<macro::EconomicEvent>& difference, size_t batch_size,
                     macro::MacroSink& backend, const OnBatch& on_batch,
                     const base::CallContext& context, Delivered& delivered);
absl::Status Deliver(const Difference<macro::FundamentalRecord>& difference, size_t batch_size,
                     macro::MacroSink& backend, const OnBatch& on_batch,
                     const base::CallContext& context, Delivered& delivered);

}  // namespace aifx::collect

#endif  // AIFX_CLIENT_COLLECT_DELIVERY_H_
