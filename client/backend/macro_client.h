#ifndef AIFX_CLIENT_BACKEND_MACRO_CLIENT_H_
#define AIFX_CLIENT_BACKEND_MACRO_CLIENT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "client/backend/channel.h"
#include "core/macro/macro_record.h"

namespace aifx::backend {

// The backend's fundamental data and economic events as the ports of the core. Thread-safe.
//
// Reads page through everything: rows that are added meanwhile are neither lost nor doubled, and
// where some vanish it is read anew, after three times UNAVAILABLE. RESOURCE_EXHAUSTED above a
// million rows. A row that makes no sense is left out with a warning in the log.
//
// Writes are upserts and repeated after failures that pass. InvalidArgument above 1,000 records.
//
// UNIMPLEMENTED where the deployment lacks the route; other errors as BackendClient.
class MacroClient final : public macro::MacroSource, public macro::MacroSink {
 public:
  // The channel outlives the client.
  explicit MacroClient(const Channel& channel) : channel_(channel) {}

  absl::StatusOr<std::vector<macro::FundamentalRecord>> Fundamentals(
      const macro::FundamentalQuery& query, const base::CallContext& context) override;
  absl::StatusOr<std::vector<macro::EconomicEvent>> Events(
      const macro::EventQuery& query, const base::CallContext& context) override;

  absl::StatusOr<macro::UpsertCounts> PutFundamentals(
      const std::vector<macro::FundamentalRecord>& records,
      const base::CallContext& context) override;
  absl::StatusOr<macro::UpsertCounts> PutEvents(const std::vector<macro::EconomicEvent>& events,
                                                const base::CallContext& context) override;

 private:
  const Channel& channel_;
};

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_MACRO_CLIENT_H_
