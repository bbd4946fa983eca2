#include "client/backend/candle_decoder.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "client/backend/iso_time.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

// The members that are read; kOther stands for all that are skipped with whatever they hold.
enum Member {
  kOpen,
  kHigh,
  kLow,
  kClose,
  kVolume,
  kSpread,
  kTimestamp,
  kSuccess,
  kData,
  kMarketData,
  kPagination,
  kTotal,
  kOther
};
constexpr size_t kNumbers = kTimestamp;  // those before it

// Where in the document the parser is.
enum class Place { kStart, kRoot, kData, kRows, kRow, kPagination };

Member MemberOf(Place place, absl::string_view key) {
  constexpr std::array<absl::string_view, kOther> kNames = {
      "open",      "high",    "low",  "close",      "volume",     "spread",
      "timestamp", "success", "data", "marketData", "pagination", "total"};
  const auto among = [&](int first, int last) {
    for (int i = first; i <= last; ++i) {
      if (key == kNames[static_cast<size_t>(i)]) return static_cast<Member>(i);
    }
    return kOther;
  };
  switch (place) {
    case Place::kRoot:
      return among(kSuccess, kData);
    case Place::kData:
      return among(kMarketData, kPagination);
    case Place::kPagination:
      return among(kTotal, kTotal);
    default:
      return among(kOpen, kTimestamp);
  }
}

std::optional<double> NumberOf(absl::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole && !absl::SimpleAtod(text, &number)) return std::nullopt;
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

// nlohmann's SAX handler. Every callback returns false, which ends the parsing, at the first thing
// that a well-formed page does not have.
class PageHandler {
 public:
  using number_integer_t = json::number_integer_t;
  using number_unsigned_t = json::number_unsigned_t;
  using number_float_t = json::number_float_t;
  using string_t = json::string_t;
  using binary_t = json::binary_t;

  PageHandler(double pip_size, size_t expected) : pip_size_(pip_size) {
    page_.candles.reserve(expected);
  }

  bool complete() const { return success_ && rows_seen_ && total_.has_value(); }
  CandlePage Take() {
    page_.total = *total_;
    return std::move(page_);
  }

  bool null() {
    if (IsSkipped()) return true;
    if (place_ != Place::kRow) return false;
    return Forget();
  }
  bool boolean(bool value) {
    if (IsSkipped()) return true;
    return member_ == kSuccess && (success_ = value);
  }
  bool number_integer(number_integer_t value) {
    return IsSkipped() ||
           (member_ == kTotal ? SetTotal(value) : SetNumber(static_cast<double>(value)));
  }
  bool number_unsigned(number_unsigned_t value) {
    if (IsSkipped()) return true;
    if (member_ != kTotal) return SetNumber(static_cast<double>(value));
    return value <= uint64_t{INT64_MAX} && SetTotal(static_cast<int64_t>(value));
  }
  bool number_float(number_float_t value, const string_t&) {
    return IsSkipped() || SetNumber(value);
  }
  bool string(string_t& value) {
    if (IsSkipped()) return true;
    if (member_ == kTimestamp) return SetTime(value);
    if (member_ == kTotal) {
      int64_t total = 0;
      return absl::SimpleAtoi(value, &total) && SetTotal(total);
    }
    const std::optional<double> number = NumberOf(value);
    return number.has_value() && SetNumber(*number);
  }
  bool binary(binary_t&) { return false; }

  bool key(string_t& name) {
    if (skipped_depth_ == 0) member_ = MemberOf(place_, name);
    return true;
  }
  bool start_object(size_t) {
    if (SkipsDown()) return true;
    if (place_ == Place::kStart) return Enter(Place::kRoot);
    if (place_ == Place::kRoot && member_ == kData && !data_seen_) {
      data_seen_ = true;
      return Enter(Place::kData);
    }
    if (place_ == Place::kData && member_ == kPagination && !pagination_seen_) {
      pagination_seen_ = true;
      return Enter(Place::kPagination);
    }
    if (place_ != Place::kRows) return false;
    present_ = 0;
    return Enter(Place::kRow);
  }
  bool end_object() {
    if (SkipsUp()) return true;
    switch (place_) {
      case Place::kRow:
        return EndRow() && Enter(Place::kRows);
      case Place::kPagination:
        return Enter(Place::kData);
      case Place::kData:
        return Enter(Place::kRoot);
      default:
        return Enter(Place::kStart);
    }
  }
  bool start_array(size_t) {
    if (SkipsDown()) return true;
    if (place_ != Place::kData || member_ != kMarketData || rows_seen_) return false;
    rows_seen_ = true;
    return Enter(Place::kRows);
  }
  bool end_array() { return SkipsUp() || Enter(Place::kData); }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) { return false; }

 private:
  // Inside a member that is skipped, or at one. Rows have no members of their own.
  bool IsSkipped() const {
    return skipped_depth_ > 0 || (member_ == kOther && place_ != Place::kRows);
  }
  bool SkipsDown() {
    if (place_ == Place::kStart || !IsSkipped()) return false;
    ++skipped_depth_;
    return true;
  }
  bool SkipsUp() {
    if (skipped_depth_ == 0) return false;
    --skipped_depth_;
    return true;
  }
  bool Enter(Place place) {
    place_ = place;
    member_ = kOther;
    return true;
  }

  bool Forget() {
    present_ &= ~(1u << member_);
    return true;
  }
  bool SetNumber(double value) {
    if (place_ != Place::kRow || member_ >= kNumbers) return false;
    numbers_[member_] = value;
    present_ |= 1u << member_;
    return true;
  }
  bool SetTime(absl::string_view text) {
    const std::optional<absl::Time> time = ParseIsoTime(text);
    if (!time.has_value()) return false;
    time_ = *time;
    present_ |= 1u << kTimestamp;
    return true;
  }
  bool SetTotal(int64_t total) {
    total_ = total;
    return true;
  }
  bool Has(Member member) const { return (present_ & (1u << member)) != 0; }

  bool EndRow() {
    constexpr unsigned kRequired =
        1u << kTimestamp | 1u << kOpen | 1u << kHigh | 1u << kLow | 1u << kClose;
    if ((present_ & kRequired) != kRequired) return false;
    if (!page_.candles.empty() && time_ <= page_.candles.back().open_time) return false;
    market::Candle& candle = page_.candles.emplace_back();
    candle.open_time = time_;
    candle.open = numbers_[kOpen];
    candle.high = numbers_[kHigh];
    candle.low = numbers_[kLow];
    candle.close = numbers_[kClose];
    if (Has(kVolume)) candle.volume = numbers_[kVolume];
    if (Has(kSpread)) candle.spread_pips = numbers_[kSpread] / pip_size_;
    return true;
  }

  const double pip_size_;
  CandlePage page_;
  std::optional<int64_t> total_;
  bool success_ = false, data_seen_ = false, rows_seen_ = false, pagination_seen_ = false;
  Place place_ = Place::kStart;
  Member member_ = kOther;
  int skipped_depth_ = 0;
  // The row at hand.
  unsigned present_ = 0;  // a bit a member
  std::array<double, kNumbers> numbers_;
  absl::Time time_;
};

}  // namespace

std::optional<CandlePage> DecodeCandlePage(const std::string& body, double pip_size,
                                           size_t expected) {
  PageHandler handler(pip_size, expected);
  if (!json::sax_parse(body.data(), body.data() + body.size(), &handler) || !handler.complete()) {
    return std::nullopt;
  }
  return handler.Take();
}

}  // namespace aifx::backend
