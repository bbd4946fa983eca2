#include "core/model/version.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"

namespace aifx::model {

int64_t VersionFromTime(absl::Time time) {
  const absl::CivilSecond t = absl::ToCivilSecond(time, absl::UTCTimeZone());
  return ((((t.year() * 100 + t.month()) * 100 + t.day()) * 100 + t.hour()) * 100 + t.minute()) *
             100 +
         t.second();
}

bool IsVersion(int64_t version) {
  if (version < 19700101000000 || version > 99991231235959) return false;
  const auto pair = [version](int64_t divisor) { return version / divisor % 100; };
  // CivilSecond carries what overflows (13 months, 61 seconds), so a moment that does not exist
  // comes back as another one.
  const absl::CivilSecond civil(version / 10000000000, pair(100000000), pair(1000000), pair(10000),
                                pair(100), pair(1));
  return VersionFromTime(absl::FromCivil(civil, absl::UTCTimeZone())) == version;
}

bool IsModelName(absl::string_view name) {
  const auto plain = [](char c) { return absl::ascii_isdigit(c) || absl::ascii_islower(c); };
  return !name.empty() && name.size() <= 64 && plain(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [plain](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

bool IsModelFileName(absl::string_view name) {
  return !name.empty() && name.size() <= 128 && absl::ascii_isalnum(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
         });
}

}  // namespace aifx::model
