#ifndef AIFX_CORE_TRAINING_EVENT_SINK_H_
#define AIFX_CORE_TRAINING_EVENT_SINK_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/time/time.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"

namespace aifx::training {

// A training that begins.
struct TrainingStarted {
  std::string model_name;
  market::CurrencyPair pair;
  market::Timeframe timeframe;
  std::string training_type;        // "full" or "incremental"
  absl::Time data_start, data_end;  // candles with start <= open time < end
};

// How it ended.
struct TrainingCompleted {
  std::string model_name;
  market::CurrencyPair pair;
  market::Timeframe timeframe;
  std::string training_type;  // "full" or "incremental"
  std::string error;          // empty: a version was made, and the rest is set
  int64_t version = 0;        // YYYYMMDDhhmmss
  std::string backend_id;     // empty: its registration is pending
  bool activated = false;     // whether the version serves now
  int64_t samples = 0;
  nlohmann::json metrics;  // as in the manifest
  absl::Duration duration;
};

// A version that was made active.
struct ModelDeployed {
  std::string model_name;
  int64_t version = 0;     // YYYYMMDDhhmmss
  std::string backend_id;  // empty: its registration is pending
};

// Who is told what training does; client/events implements it. Telling never blocks and never
// fails: an event that cannot be delivered is lost, and nothing depends on it. Thread-safe.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void Publish(const TrainingStarted& event) = 0;
  virtual void Publish(const TrainingCompleted& event) = 0;
  virtual void Publish(const ModelDeployed& event) = 0;
};

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_EVENT_SINK_H_
