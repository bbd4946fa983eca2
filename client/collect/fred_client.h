#ifndef AIFX_CLIENT_COLLECT_FRED_CLIENT_H_
#define AIFX_CLIENT_COLLECT_FRED_CLIENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "client/collect/fred_json.h"
#include "client/collect/paced_client.h"
#include "client/http/http_client.h"
#include "client/http/retry.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"

namespace aifx::collect {

struct FredOptions {
  std::string base_url = "https://api.stlouisfed.org";
  std::string api_key;        // FRED_API_KEY; a secret
  int64_t page_size = 10000;  // observations a request; FRED allows 100,000
  size_t max_requests = 120;  // a minute: FRED's limit
  http::RetryPolicy retry = {
      .max_attempts = 5, .first_backoff = absl::Seconds(1), .max_backoff = absl::Seconds(30)};
};

// The observations of FRED and ALFRED, of the Federal Reserve Bank of St. Louis
// (https://fred.stlouisfed.org/docs/api/fred/series_observations.html). Thread-safe.
class FredClient {
 public:
  // InvalidArgument where the URL is none, or the key is empty. `client` and `clock` outlive it.
  static absl::StatusOr<std::unique_ptr<FredClient>> Create(FredOptions options,
                                                            http::HttpClient& client,
                                                            base::Clock& clock,
                                                            http::UniformSource uniform);

  // Every vintage of a series' observations whose dates lie in [start, end] (absent: no bound), in
  // FRED's order: by vintage and date. A vintage is asked for with all others (output_type=1,
  // realtime 1776-07-04 to 9999-12-31): the default real-time period, today, would hide when a
  // value became known. Where FRED finds too many vintages for one request, the period is halved,
  // and what spans both halves is put together again.
  //
  // FAILED_PRECONDITION with FRED's own words for a refusal (a wrong key, an unknown series),
  // UNAVAILABLE for one that may pass and did not, INTERNAL for an answer that makes no sense, else
  // the errors of HttpClient. No message holds the key.
  absl::StatusOr<std::vector<FredObservation>> Vintages(const std::string& series,
                                                        std::optional<absl::CivilDay> start,
                                                        std::optional<absl::CivilDay> end,
                                                        const base::CallContext& context);

 private:
  struct Query {
    std::string series;
    std::optional<absl::CivilDay> start, end;
    absl::CivilDay realtime_start, realtime_end;
  };

  FredClient(FredOptions options, http::HttpClient& client, base::Clock& clock,
             http::UniformSource uniform);

  absl::StatusOr<std::vector<FredObservation>> Period(const Query& query,
                                                      const base::CallContext& context);
  absl::StatusOr<std::vector<FredObservation>> Halves(const Query& query,
                                                      const base::CallContext& context);
  absl::StatusOr<FredPage> Page(const Query& query, int64_t offset,
                                const base::CallContext& context);
  absl::Status WithoutKey(const absl::Status& status) const;

  FredOptions options_;
  base::Clock& clock_;
  PacedClient paced_;
  http::Retrier retrier_;
};

}  // namespace aifx::collect

#endif  // AIFX_CLIENT_COLLECT_FRED_CLIENT_H_
