#include "server/rpc/times.h"

#include "absl/strings/str_cat.h"

namespace aifx::rpc {
namespace {

// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, the range of google.protobuf.Timestamp.
constexpr int64_t kFirstSecond = -62135596800;
constexpr int64_t kLastSecond = 253402300799;
// The longest google.protobuf.Duration: about 10,000 years.
constexpr int64_t kMaxDurationSeconds = 315576000000;

}  // namespace

google::protobuf::Timestamp TimeToProto(absl::Time time) {
  google::protobuf::Timestamp result;
  const int64_t seconds = absl::ToUnixSeconds(time);  // rounds down: nanos are never negative
  result.set_seconds(seconds);
  result.set_nanos(
      static_cast<int>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return result;
}

google::protobuf::Duration DurationToProto(absl::Duration duration) {
  google::protobuf::Duration result;
  absl::Duration rest;
  result.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &rest));
  result.set_nanos(static_cast<int>(absl::ToInt64Nanoseconds(rest)));
  return result;
}

std::optional<absl::Time> TimeFromProto(const google::protobuf::Timestamp& time,
                                        const std::string& field, Violations& violations) {
  if (time.seconds() < kFirstSecond || time.seconds() > kLastSecond || time.nanos() < 0 ||
      time.nanos() > 999'999'999) {
    violations.push_back({field, absl::StrCat(field, " {seconds: ", time.seconds(),
                                              ", nanos: ", time.nanos(), "} is not a timestamp")});
    return std::nullopt;
  }
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

std::optional<absl::Duration> DurationFromProto(const google::protobuf::Duration& duration,
                                                const std::string& field, Violations& violations) {
  if (duration.seconds() < 0 || duration.seconds() > kMaxDurationSeconds || duration.nanos() < 0 ||
      duration.nanos() > 999'999'999) {
    violations.push_back(
        {field, absl::StrCat(field, " {seconds: ", duration.seconds(),
                             ", nanos: ", duration.nanos(), "} is not a duration of 0 or more")});
    return std::nullopt;
  }
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

}  // namespace aifx::rpc
