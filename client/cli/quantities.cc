// Times, prices and durations of words.h.
#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "client/backend/iso_time.h"
#include "client/cli/words.h"
#include "core/market/currency_pair.h"

namespace aifx::cli {

std::string TimeWord(absl::Time time) {
  const bool has_seconds = absl::ToUnixSeconds(time) % 60 != 0;
  return absl::FormatTime(has_seconds ? "%Y-%m-%d %H:%M:%S UTC" : "%Y-%m-%d %H:%M UTC", time,
                          absl::UTCTimeZone());
}

std::string TimeWord(const google::protobuf::Timestamp& time) { return TimeWord(FromProto(time)); }

absl::StatusOr<absl::Time> ParseTimeWord(absl::string_view text) {
  if (const auto time = backend::ParseIsoTime(text)) return *time;  // the form of long files
  for (const char* format :
       {"%Y-%m-%d%ET%H:%M%Ez", "%Y-%m-%d %H:%M:%E*S%Ez", "%Y-%m-%d %H:%M:%E*S UTC",
        "%Y-%m-%d %H:%M UTC", "%Y-%m-%d%ET%H:%M:%E*S", "%Y-%m-%d%ET%H:%M", "%Y-%m-%d %H:%M:%E*S",
        "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    absl::Time time;
    std::string error;
    if (absl::ParseTime(format, text, absl::UTCTimeZone(), &time, &error) &&
        time > absl::InfinitePast() && time < absl::InfiniteFuture()) {
      return time;
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not a time; write it like 2018-12-31T22:00:00Z or 2018-12-31"));
}

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp proto;
  proto.set_seconds(absl::ToUnixSeconds(time));
  proto.set_nanos(
      static_cast<int32_t>((time - absl::FromUnixSeconds(proto.seconds())) / absl::Nanoseconds(1)));
  return proto;
}

absl::Duration FromProto(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

double PipSize(absl::string_view pair) {
  const absl::StatusOr<market::CurrencyPair> parsed = market::CurrencyPair::Parse(pair);
  return parsed.ok() ? parsed->PipSize() : 0.0001;
}

std::string PriceWord(double price, absl::string_view pair) {
  return absl::StrFormat("%.*f", PipSize(pair) > 0.001 ? 3 : 5, price);
}

std::string PipsWord(double pips) {
  // No "-0.0".
  return absl::StrFormat("%+.1f pips", std::abs(pips) < 0.05 ? 0.0 : pips);
}

std::string DurationWord(absl::Duration duration) {
  const double seconds = absl::ToDoubleSeconds(duration);
  if (seconds < 1) return absl::StrFormat("%.1f ms", seconds * 1e3);
  if (seconds < 10) return absl::StrFormat("%.1f s", seconds);
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 60) return absl::StrCat(whole, " s");
  return absl::StrCat(whole / 60, " min ", whole % 60, " s");
}

absl::StatusOr<absl::Duration> ParseDurationWord(absl::string_view option, absl::string_view text) {
  absl::Duration duration;
  int days = 0;
  absl::string_view number = text;
  if (absl::ConsumeSuffix(&number, "d") && absl::SimpleAtoi(number, &days) && days >= 0 &&
      days <= 36500) {
    return absl::Hours(24) * days;
  }
  if (absl::ParseDuration(text, &duration) && duration >= absl::ZeroDuration() &&
      duration < absl::InfiniteDuration()) {
    return duration;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(option, " is '", text, "', it must be such as 90m, 36h or 7d"));
}

}  // namespace aifx::cli
