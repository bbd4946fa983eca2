#include "client/collect/delivery.h"

#include <algorithm>

#include "core/base/status_macros.h"

namespace aifx::collect {
namespace {

template <typename T, typename Put>
absl::Status DeliverBatches(const Difference<T>& difference, size_t batch_size, Put put,
                            const OnBatch& on_batch, Delivered& delivered) {
  std::vector<T> records = difference.add;
  records.insert(records.end(), difference.change.begin(), difference.change.end());
  for (size_t start = 0; start < records.size(); start += batch_size) {
    const size_t end = std::min(start + batch_size, records.size());
    const std::vector<T> batch(records.begin() + static_cast<ptrdiff_t>(start),
                               records.begin() + static_cast<ptrdiff_t>(end));
    AIFX_ASSIGN_OR_RETURN(const macro::UpsertCounts counts, put(batch));
    delivered.counts.inserted += counts.inserted;
    delivered.counts.updated += counts.updated;
    delivered.records = end;
    on_batch(end, records.size());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Deliver(const Difference<macro::EconomicEvent>& difference, size_t batch_size,
                     macro::MacroSink& backend, const OnBatch& on_batch,
                     const base::CallContext& context, Delivered& delivered) {
  const auto put = [&](const auto& batch) { return backend.PutEvents(batch, context); };
  return DeliverBatches(difference, batch_size, put, on_batch, delivered);
}

absl::Status Deliver(const Difference<macro::FundamentalRecord>& difference, size_t batch_size,
                     macro::MacroSink& backend, const OnBatch& on_batch,
                     const base::CallContext& context, Delivered& delivered) {
  const auto put = [&](const auto& batch) { return backend.PutFundamentals(batch, context); };
  return DeliverBatches(difference, batch_size, put, on_batch, delivered);
}

}  // namespace aifx::collect
