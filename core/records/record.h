#ifndef AIFX_CORE_RECORDS_RECORD_H_
#define AIFX_CORE_RECORDS_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"
#include "core/records/prediction.h"

namespace aifx::records {

enum class Outcome { kWin, kLoss, kBreakeven };
enum class PredictionStatus { kActive, kTriggered, kStopped, kExpired, kCancelled };

absl::string_view OutcomeName(Outcome outcome);  // "win", "loss", "breakeven"
absl::StatusOr<Outcome> ParseOutcome(absl::string_view name);
absl::string_view PredictionStatusName(PredictionStatus status);
absl::StatusOr<PredictionStatus> ParsePredictionStatus(absl::string_view name);

// A prediction on its way to the backend: ours, or a caller's own.
struct Submission {
  std::string request_id;  // UUID; stored by the backend as factors.client_request_id
  market::CurrencyPair pair;
  market::Timeframe timeframe;
  Signal signal = Signal::kHold;
  double confidence = 0;   // 0..1; sent as max(0.01, rounded to 2 places)
  Factors factors;         // each 0..1
  double entry_price = 0;  // > 0
  // For a buy stop_loss < entry_price < take_profit, for a sell the reverse.
  std::optional<double> stop_loss;
  std::optional<double> take_profit;
  std::optional<double> risk_reward_ratio;  // 0..99.99
  std::optional<double> position_size;      // percent of equity, 0..100
  std::optional<SignalStrength> signal_strength;
  std::optional<MarketCondition> market_condition;
  std::string technical_data_json;  // a JSON object, or empty
  std::string model_version_id;     // the backend's UUID, or empty
};

// What the engine submits of its own prediction: levels, factors, model, and as technical data the
// probabilities, validity, feature set and warnings.
Submission SubmissionOf(const Prediction& prediction);

// Every rule of the backend on a submission, checked before it is sent; empty when it would pass.
std::vector<base::FieldViolation> ValidateSubmission(const Submission& submission);

// What a submission brings to the backend. One prediction and one outcome may share an id.
enum class SubmissionKind { kPrediction, kOutcome };

// Where a submission stands (docs/outbox.md).
enum class SubmissionState { kQueued, kInflight, kAcked, kUnknown, kDead };

struct OutcomeUpdate {
  std::string prediction_id;  // the backend's id, or the request_id it was submitted with
  Outcome outcome = Outcome::kBreakeven;
  double pnl_pips = 0;
  double pnl_percent = 0;  // of the entry price
};

struct OutcomeReceipt {
  std::string backend_prediction_id;
  Outcome outcome = Outcome::kBreakeven;
  std::optional<double> pnl_pips;
  std::optional<double> pnl_percent;
  std::optional<int64_t> duration_minutes;
};

// A submission as it stands now.
struct SubmissionReceipt {
  std::string request_id;  // UUID; of an outcome: its OutcomeUpdate::prediction_id
  SubmissionState state = SubmissionState::kQueued;
  std::string backend_prediction_id;  // set when kAcked
  SubmissionKind kind = SubmissionKind::kPrediction;
  int32_t attempts = 0;                       // how often it was sent
  absl::Time created_at = absl::UnixEpoch();  // when it was accepted
  std::optional<absl::Time> last_attempt_at;  // absent: not yet sent
  std::optional<absl::Time> next_attempt_at;  // absent: will not be sent by itself
  absl::Status error;                         // why it is kUnknown, kDead or being repeated
  std::optional<OutcomeReceipt> outcome;      // the backend's answer; a kAcked outcome only
};

struct SubmissionQuery {
  std::vector<SubmissionState> states;  // empty: all
  int64_t limit = 100;                  // 1..1000
  int64_t before = 0;                   // SubmissionPage::next of the page before; 0: the newest
};

struct SubmissionPage {
  std::vector<SubmissionReceipt> submissions;  // newest first
  int64_t next = 0;                            // 0: the last page
};

// A prediction as the backend holds it.
struct PredictionRecord {
  std::string backend_prediction_id;
  std::string request_id;  // factors.client_request_id; empty where another client wrote it
  market::CurrencyPair pair;
  market::Timeframe timeframe;
  Signal signal = Signal::kHold;
  double confidence = 0;
  Factors factors;
  double entry_price = 0;
  std::optional<double> stop_loss, take_profit, risk_reward_ratio, position_size;
  std::optional<SignalStrength> signal_strength;
  std::optional<MarketCondition> market_condition;
  PredictionStatus status = PredictionStatus::kActive;
  std::optional<Outcome> outcome;  // absent while pending
  std::optional<double> pnl_pips, pnl_percent;
  std::string model_version_id;
  absl::Time created_at;
};

struct PredictionQuery {
  std::optional<market::CurrencyPair> pair;
  std::optional<PredictionStatus> status;
  std::optional<Outcome> outcome;
  std::optional<double> min_confidence;  // 0..1
  int64_t limit = 50;                    // 1..100
  int64_t offset = 0;                    // >= 0
};

struct PredictionPage {
  std::vector<PredictionRecord> predictions;  // newest first
  int64_t total = 0;                          // over all pages
  int64_t skipped = 0;  // rows of this page left out because they make no sense
};

struct AccuracyQuery {
  std::string model_version_id;  // the backend's UUID; empty: all
  std::optional<market::CurrencyPair> pair;
  std::optional<absl::Time> start, end;  // inclusive
  std::optional<double> min_confidence;
};

struct ConfidenceBand {
  std::string range;  // as the backend words it, such as "0.50-0.60"
  int64_t total_predictions = 0;
  double accuracy_percent = 0;
};

struct Accuracy {
  int64_t total_predictions = 0;
  double win_rate_percent = 0;
  double average_pnl = 0;
  double total_pnl = 0;
  int64_t wins = 0, losses = 0, breakeven = 0;
  std::vector<ConfidenceBand> by_confidence;
  int64_t total_trades = 0;
};

}  // namespace aifx::records

#endif  // AIFX_CORE_RECORDS_RECORD_H_
