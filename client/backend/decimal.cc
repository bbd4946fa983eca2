#include "client/backend/decimal.h"

#include <charconv>
#include <string>

namespace aifx::backend {
namespace {

// Adds one unit in the last place to unsigned decimal digits that may hold a point.
void Increment(std::string& digits) {
  for (size_t i = digits.size(); i-- > 0;) {
    if (digits[i] == '.') continue;
    if (digits[i] != '9') {
      ++digits[i];
      return;
    }
    digits[i] = '0';
  }
  digits.insert(0, 1, '1');
}

}  // namespace

double RoundDecimal(double value, int places) {
  char buffer[400];  // the longest fixed form, of a subnormal, has about 330 characters
  const auto written =
      std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::fixed);
  std::string digits(buffer, written.ptr);
  const size_t point = digits.find('.');
  const size_t keep = point + 1 + static_cast<size_t>(places);
  if (point == std::string::npos || digits.size() <= keep) return value;
  const bool negative = digits[0] == '-';
  const bool up = digits[keep] >= '5';
  digits.resize(keep);
  if (negative) digits.erase(0, 1);
  if (up) Increment(digits);
  double rounded = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), rounded);
  return negative ? -rounded : rounded;
}

}  // namespace aifx::backend
