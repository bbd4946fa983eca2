#ifndef AIFX_CLIENT_BACKEND_AB_TESTS_H_
#define AIFX_CLIENT_BACKEND_AB_TESTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/backend/channel.h"
#include "client/backend/rows.h"

namespace aifx::backend {

struct AbTestSpec {
  std::string name;
  std::string model_a_id, model_b_id;  // the backend's UUIDs
  double traffic_split = 50;           // percent that model A gets, 0..100
  std::string target_metric;           // such as "winRate"; may be empty
  std::string description;             // may be empty
};

// An A/B test of two model versions as the backend has it.
struct AbTest {
  std::string id;
  std::string status;  // as the backend words it, such as "running"
  AbTestSpec spec;
  std::optional<absl::Time> created_at;
};

struct AbTestFilter {
  std::string status;   // empty: all
  int64_t limit = 100;  // rows at most, over as many pages as that takes
  int64_t offset = 0;
};

// The routes of A/B tests. Thread-safe; errors as BackendClient.
class AbTestClient {
 public:
  // The channel outlives the client.
  explicit AbTestClient(const Channel& channel) : channel_(channel) {}

  // Sent once: after a failure that leaves it open (DEADLINE_EXCEEDED, UNAVAILABLE) look for the
  // name in List before creating it again.
  absl::StatusOr<AbTest> Create(const AbTestSpec& spec, const base::CallContext& context) const;
  // Newest first.
  absl::StatusOr<Page<AbTest>> List(const AbTestFilter& filter,
                                    const base::CallContext& context) const;

 private:
  const Channel& channel_;
};

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_AB_TESTS_H_
