#include "client/events/message.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/json_depth.h"
#include "core/base/status_macros.h"

namespace aifx::events {
namespace {

using nlohmann::json;

constexpr size_t kMaxMessageBytes = 64 << 10;

std::string IsoTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("not a message of the platform: ", what));
}

absl::StatusOr<std::string> TextOf(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) {
    return Wrong(absl::StrCat(name, " is missing or not a string"));
  }
  return found->get<std::string>();
}

absl::StatusOr<absl::Time> TimeOf(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found != object.end() && found->is_number()) {
    const double milliseconds = found->get<double>();
    // Years 1970 to 9999; also keeps the conversion from overflowing.
    if (milliseconds >= 0 && milliseconds < 253402300800e3) {
      return absl::FromUnixMillis(static_cast<int64_t>(milliseconds));
    }
    return Wrong(absl::StrCat(name, " is not a time"));
  }
  AIFX_ASSIGN_OR_RETURN(const std::string text, TextOf(object, name));
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return Wrong(absl::StrCat(name, " is not an ISO 8601 time"));
  }
  return time;
}

json Series(const std::string& model_name, const market::CurrencyPair& pair,
            market::Timeframe timeframe, const std::string& training_type) {
  return {{"modelName", model_name},
          {"pair", pair.ToString()},
          {"timeframe", market::TimeframeName(timeframe)},
          {"trainingType", training_type}};
}

json IdOrNull(const std::string& id) { return id.empty() ? json(nullptr) : json(id); }

}  // namespace

std::string EncodeMessage(absl::string_view channel, const json& data, absl::Time now) {
  const json message = {{"timestamp", IsoTime(now)}, {"channel", channel}, {"data", data}};
  return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

absl::StatusOr<json> DecodeMessage(absl::string_view channel, absl::string_view text) {
  if (text.size() > kMaxMessageBytes) return Wrong(absl::StrCat("it has ", text.size(), " bytes"));
  if (base::IsJsonDeeperThan(text)) return Wrong("it is nested too deeply");
  json message = json::parse(text, nullptr, false);
  if (!message.is_object()) return Wrong("not a JSON object");
  AIFX_ASSIGN_OR_RETURN(const std::string named, TextOf(message, "channel"));
  if (named != channel) return Wrong("its channel is not the one it came on");
  AIFX_RETURN_IF_ERROR(TimeOf(message, "timestamp").status());
  const auto data = message.find("data");
  if (data == message.end() || !data->is_object()) return Wrong("data is not an object");
  return std::move(*data);
}

absl::StatusOr<records::CandleEvent> CandleEventOf(const json& data, absl::Time observed_at) {
  AIFX_ASSIGN_OR_RETURN(const std::string pair_text, TextOf(data, "pair"));
  AIFX_ASSIGN_OR_RETURN(const std::string timeframe_text, TextOf(data, "timeframe"));
  AIFX_ASSIGN_OR_RETURN(auto pair, market::CurrencyPair::Parse(pair_text));
  AIFX_ASSIGN_OR_RETURN(const auto timeframe, market::ParseTimeframe(timeframe_text));
  AIFX_ASSIGN_OR_RETURN(const absl::Time open_time, TimeOf(data, "timestamp"));
  return records::CandleEvent{{std::move(pair), timeframe}, open_time, observed_at};
}

json DataOf(const training::TrainingStarted& event) {
  json data = Series(event.model_name, event.pair, event.timeframe, event.training_type);
  data["dataStartDate"] = IsoTime(event.data_start);
  data["dataEndDate"] = IsoTime(event.data_end);
  return data;
}

json DataOf(const training::TrainingCompleted& event) {
  json data = Series(event.model_name, event.pair, event.timeframe, event.training_type);
  data["success"] = event.error.empty();
  data["durationSeconds"] = absl::ToDoubleSeconds(event.duration);
  if (!event.error.empty()) {
    data["error"] = event.error;
    return data;
  }
  data["version"] = absl::StrCat(event.version);
  data["modelId"] = IdOrNull(event.backend_id);
  data["isActive"] = event.activated;
  data["numSamples"] = event.samples;
  data["metrics"] = event.metrics;
  return data;
}

json DataOf(const training::ModelDeployed& event) {
  return {{"modelName", event.model_name},
          {"version", absl::StrCat(event.version)},
          {"modelId", IdOrNull(event.backend_id)}};
}

}  // namespace aifx::events
