#ifndef AIFX_TESTS_UNIT_CLIENT_COLLECT_FAKE_MACRO_STORE_H_
#define AIFX_TESTS_UNIT_CLIENT_COLLECT_FAKE_MACRO_STORE_H_

#include <vector>

#include "core/macro/macro_record.h"

namespace aifx::collect {

// Keeps events in memory, as the backend does; fails once after some writes. Not thread-safe.
class FakeMacroStore final : public macro::MacroSource, public macro::MacroSink {
 public:
  absl::StatusOr<std::vector<macro::FundamentalRecord>> Fundamentals(
      const macro::FundamentalQuery&, const base::CallContext&) override {
    return records;
  }
  absl::StatusOr<std::vector<macro::EconomicEvent>> Events(const macro::EventQuery& query,
                                                           const base::CallContext&) override {
    event_queries.push_back(query);
    return events;
  }
  absl::StatusOr<macro::UpsertCounts> PutFundamentals(
      const std::vector<macro::FundamentalRecord>& batch, const base::CallContext&) override {
    records.insert(records.end(), batch.begin(), batch.end());
    return macro::UpsertCounts{.inserted = static_cast<int64_t>(batch.size())};
  }
  absl::StatusOr<macro::UpsertCounts> PutEvents(const std::vector<macro::EconomicEvent>& batch,
                                                const base::CallContext&) override {
    if (puts_until_failure-- == 0) return absl::UnavailableError("the backend is down");
    batch_sizes.push_back(batch.size());
    events.insert(events.end(), batch.begin(), batch.end());
    return macro::UpsertCounts{.inserted = static_cast<int64_t>(batch.size())};
  }

  std::vector<macro::EconomicEvent> events;
  std::vector<macro::FundamentalRecord> records;
  std::vector<macro::EventQuery> event_queries;
  std::vector<size_t> batch_sizes;
  int puts_until_failure = -1;  // negative: never
};

}  // namespace aifx::collect

#endif  // AIFX_TESTS_UNIT_CLIENT_COLLECT_FAKE_MACRO_STORE_H_
