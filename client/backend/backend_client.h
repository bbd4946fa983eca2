#ifndef AIFX_CLIENT_BACKEND_BACKEND_CLIENT_H_
#define AIFX_CLIENT_BACKEND_BACKEND_CLIENT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/backend/channel.h"
#include "client/backend/config.h"
#include "core/market/candle_source.h"
#include "core/records/ports.h"
#include "core/training/ports.h"

namespace aifx::backend {

struct BackendHealth {
  std::string status;   // as the backend words it
  std::string service;  // may be empty
  std::optional<std::string> timestamp;
};

// What calls of the backend need beside the configuration; all outlive the client.
struct BackendDependencies {
  http::HttpClient& http;
  base::Clock& clock;
  base::Logger& logger;
  http::UniformSource uniform;  // jitter of repeated calls
};

// The Node backend's REST routes as the ports of the core. Thread-safe; every call blocks until
// its context's deadline at most. Errors: the table in status_mapping.h, DEADLINE_EXCEEDED,
// CANCELLED, and INTERNAL for JSON that is not what the contract says. Reads, outcomes and status
// changes are repeated after failures that pass; POSTs are sent once.
class BackendClient final : public market::CandleSource,
                            public records::PredictionSink,
                            public records::OutcomeSink,
                            public records::RecordReader,
                            public training::ModelRegistrar,
                            public training::TrainingLog {
 public:
  // InvalidArgument with the violations of ValidateConfig. Does not contact the backend.
  static absl::StatusOr<std::unique_ptr<BackendClient>> Create(BackendConfig config,
                                                               BackendDependencies dependencies);

  absl::StatusOr<BackendHealth> Health(const base::CallContext& context);

  // For the calls of the other classes of this folder, which the client must outlive.
  const Channel& channel() const { return channel_; }

  // CandleSource (market_data.cc). spread_pips comes from the backend's `spread` where it has it.
  absl::StatusOr<std::vector<market::Candle>> Newest(const market::CurrencyPair& pair,
                                                     market::Timeframe timeframe, size_t count,
                                                     absl::Time as_of,
                                                     const base::CallContext& context) override;
  absl::StatusOr<std::vector<market::Candle>> Range(const market::CurrencyPair& pair,
                                                    market::Timeframe timeframe, absl::Time start,
                                                    absl::Time end,
                                                    const base::CallContext& context) override;

  // PredictionSink (predictions.cc). Sent once: a failure that leaves open whether the prediction
  // was stored is UNAVAILABLE (or CANCELLED) with the reason SUBMISSION_AMBIGUOUS, and its message
  // says how to look it up.
  absl::StatusOr<records::SubmissionReceipt> Submit(const records::Submission& submission,
                                                    const base::CallContext& context) override;

  // OutcomeSink (outcomes.cc). An id that the backend does not know is taken for a request_id and
  // searched for among the newest prediction_scan_limit predictions.
  absl::StatusOr<records::OutcomeReceipt> UpdateOutcome(const records::OutcomeUpdate& update,
                                                        const base::CallContext& context) override;

  // RecordReader (predictions.cc, outcomes.cc). A row that makes no sense is skipped and counted.
  absl::StatusOr<records::PredictionPage> ListPredictions(
      const records::PredictionQuery& query, const base::CallContext& context) override;
  absl::StatusOr<records::Accuracy> GetAccuracy(const records::AccuracyQuery& query,
                                                const base::CallContext& context) override;

  // ModelRegistrar and TrainingLog (models.cc).
  absl::StatusOr<std::string> Register(const training::ModelRegistration& registration,
                                       const base::CallContext& context) override;
  absl::Status SetStatus(const std::string& backend_id, const std::string& status, bool is_active,
                         const base::CallContext& context) override;
  absl::StatusOr<std::string> FindVersion(const std::string& model_name, const std::string& version,
                                          const base::CallContext& context) override;
  absl::Status Log(const std::string& backend_model_id, const training::TrainingSession& session,
                   const base::CallContext& context) override;

 private:
  struct CandlePage {
    std::vector<market::Candle> candles;  // ascending
    int64_t total = 0;                    // matching candles, over all pages
  };
  struct CandleQuery {
    absl::Time start = absl::InfinitePast();  // inclusive
    absl::Time end = absl::InfiniteFuture();  // exclusive
    int64_t limit = 1;
    int64_t offset = 0;
  };

  BackendClient(BackendConfig config, BackendDependencies dependencies)
      : channel_(std::move(config), dependencies.http, dependencies.clock,
                 std::move(dependencies.uniform), dependencies.logger) {}

  absl::StatusOr<CandlePage> FetchCandles(const market::CurrencyPair& pair,
                                          market::Timeframe timeframe, const CandleQuery& query,
                                          const base::CallContext& context);
  // The open time from which on `count` candles opened before `end`; the oldest one's where there
  // are fewer; nothing where there is none.
  absl::StatusOr<std::optional<absl::Time>> StartOfNewest(const market::CurrencyPair& pair,
                                                          market::Timeframe timeframe, size_t count,
                                                          absl::Time end,
                                                          const base::CallContext& context);
  absl::StatusOr<records::OutcomeReceipt> PutOutcome(const std::string& backend_id,
                                                     const records::OutcomeUpdate& update,
                                                     const base::CallContext& context);
  // The backend's id of what was submitted as `request_id`; NOT_FOUND after a bounded search.
  absl::StatusOr<std::string> FindByRequestId(const std::string& request_id,
                                              const base::CallContext& context);

  Channel channel_;
};

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_BACKEND_CLIENT_H_
