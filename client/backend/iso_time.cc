#include "client/backend/iso_time.h"

#include <cstdint>
#include <string>

namespace aifx::backend {
namespace {

constexpr absl::string_view kSeconds = "dddd-dd-ddTdd:dd:ddZ";
constexpr absl::string_view kMillis = "dddd-dd-ddTdd:dd:dd.dddZ";

bool HasForm(absl::string_view text, absl::string_view form) {
  if (text.size() != form.size()) return false;
  for (size_t i = 0; i < form.size(); ++i) {
    const bool digit = static_cast<unsigned char>(text[i] - '0') < 10;
    if (form[i] == 'd' ? !digit : text[i] != form[i]) return false;
  }
  return true;
}

int Digits(absl::string_view text, size_t from, size_t count) {
  int value = 0;
  for (size_t i = from; i < from + count; ++i) value = value * 10 + (text[i] - '0');
  return value;
}

// Days from 1970-01-01 in the proleptic Gregorian calendar. Years begin in March here, so that the
// leap day is a year's last; 719468 days lie between 0000-03-01 and 1970-01-01.
int64_t DaysSinceEpoch(int year, int month, int day) {
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t era_year = y < 0 ? y + 400 : y;  // the calendar repeats every 400 years
  const int march_month = (month + 9) % 12;
  const int64_t day_of_year = (153 * march_month + 2) / 5 + day - 1;
  const int64_t days = era_year * 365 + era_year / 4 - era_year / 100 + era_year / 400;
  return days + day_of_year - (y < 0 ? 146097 : 0) - 719468;
}

int DaysIn(int year, int month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

std::optional<absl::Time> ParseFixedForm(absl::string_view text) {
  const bool has_millis = HasForm(text, kMillis);
  if (!has_millis && !HasForm(text, kSeconds)) return std::nullopt;
  const int year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  const int hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  if (month < 1 || month > 12 || day < 1 || day > DaysIn(year, month)) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;  // 60 is the other parser's
  const int64_t seconds =
      DaysSinceEpoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
  return absl::FromUnixMillis(seconds * 1000 + (has_millis ? Digits(text, 20, 3) : 0));
}

}  // namespace

std::optional<absl::Time> ParseIsoTime(absl::string_view text) {
  if (const auto time = ParseFixedForm(text)) return time;
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error) || time == absl::InfiniteFuture() ||
      time == absl::InfinitePast()) {
    return std::nullopt;
  }
  return time;
}

}  // namespace aifx::backend
