#ifndef AIFX_CLIENT_EVENTS_MESSAGE_H_
#define AIFX_CLIENT_EVENTS_MESSAGE_H_

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/records/candle_events.h"
#include "core/training/event_sink.h"

// The platform's messages on Redis: {"timestamp": ISO 8601, "channel": "...", "data": {...}}.
namespace aifx::events {

inline constexpr char kNewMarketData[] = "ml:new_market_data";
inline constexpr char kTrainingStarted[] = "ml:training_started";
inline constexpr char kTrainingCompleted[] = "ml:training_completed";
inline constexpr char kModelDeployed[] = "ml:model_deployed";

// A message as it is published, made at `now`.
std::string EncodeMessage(absl::string_view channel, const nlohmann::json& data, absl::Time now);

// The `data` of a message that came on `channel`. InvalidArgument where it is no such message, is
// of another channel or larger than 64 KiB.
absl::StatusOr<nlohmann::json> DecodeMessage(absl::string_view channel, absl::string_view text);

// The data of ml:new_market_data; fields beyond pair, timeframe and timestamp (the candle's open
// time, ISO 8601 or milliseconds since 1970) are ignored. InvalidArgument names the field.
absl::StatusOr<records::CandleEvent> CandleEventOf(const nlohmann::json& data,
                                                   absl::Time observed_at);

// The data of the events of training, with the backend's names: camelCase, ISO times, versions as
// text.
nlohmann::json DataOf(const training::TrainingStarted& event);
nlohmann::json DataOf(const training::TrainingCompleted& event);
nlohmann::json DataOf(const training::ModelDeployed& event);

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_MESSAGE_H_
