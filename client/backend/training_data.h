#ifndef AIFX_CLIENT_BACKEND_TRAINING_DATA_H_
#define AIFX_CLIENT_BACKEND_TRAINING_DATA_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/backend/channel.h"
#include "client/backend/rows.h"
#include "core/market/currency_pair.h"
#include "core/records/record.h"

namespace aifx::backend {

// A trading signal as the backend holds it: a prediction of ours or of another source.
struct SignalRecord {
  std::string id;
  records::PredictionRecord prediction;  // its backend_prediction_id is `id`
  std::string source;                    // who made it, such as "ml_model"; may be empty
  std::string technical_data_json;       // a JSON object; empty where there is none
  std::optional<int64_t> duration_minutes;
  std::optional<absl::Time> triggered_at;
};

struct SignalQuery {
  std::optional<market::CurrencyPair> pair;
  std::optional<records::Outcome> outcome;
  std::optional<double> min_confidence;  // 0..1
  std::optional<absl::Time> start, end;  // of the creation, inclusive
  int64_t limit = 100;                   // rows at most, over as many pages as that takes
  int64_t offset = 0;
};

enum class TradeStatus { kOpen, kClosed };
absl::string_view TradeStatusName(TradeStatus status);  // "open", "closed"
absl::StatusOr<TradeStatus> ParseTradeStatus(absl::string_view name);

// A trade that was opened on the platform.
struct TradeRecord {
  std::string id;
  market::CurrencyPair pair;
  TradeStatus status = TradeStatus::kOpen;
  std::string signal_id;                // the signal that it followed; may be empty
  std::optional<records::Signal> side;  // buy or sell
  std::optional<double> entry_price, exit_price, stop_loss, take_profit;
  std::optional<double> position_size, pnl_pips, pnl_percent;
  std::optional<absl::Time> opened_at, closed_at;
};

struct TradeQuery {
  std::optional<market::CurrencyPair> pair;
  std::optional<TradeStatus> status;
  std::optional<absl::Time> start, end;  // inclusive
  int64_t limit = 100;                   // rows at most, over as many pages as that takes
  int64_t offset = 0;
};

struct RecordStats {
  int64_t count = 0;
  std::optional<absl::Time> oldest, latest;  // absent where there is no record
};

// How much training data there is.
struct TrainingDataStats {
  RecordStats market_data, signals, trades;
};

// The /training-data routes beside candles (backend_client.h) and macro data (macro_client.h).
// Thread-safe; errors as BackendClient.
class TrainingDataClient {
 public:
  // The channel outlives the client.
  explicit TrainingDataClient(const Channel& channel) : channel_(channel) {}

  // Newest first: sort by time before splitting for training. There is no timeframe filter.
  absl::StatusOr<Page<SignalRecord>> Signals(const SignalQuery& query,
                                             const base::CallContext& context) const;
  absl::StatusOr<Page<TradeRecord>> Trades(const TradeQuery& query,
                                           const base::CallContext& context) const;
  absl::StatusOr<TrainingDataStats> Stats(const std::optional<market::CurrencyPair>& pair,
                                          const base::CallContext& context) const;

 private:
  const Channel& channel_;
};

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_TRAINING_DATA_H_
