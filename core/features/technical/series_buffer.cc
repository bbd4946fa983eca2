#include "core/features/technical/series_buffer.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace aifx::features {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void SeriesBuffer::RequirePast(size_t rows) {
  assert(rows <= kLongestPast);
  past_ = std::max(past_, rows);
}

void SeriesBuffer::Clear() { std::fill_n(values_.begin(), kLongestPast, kNan); }

void SeriesBuffer::MoveToFront(size_t end) {
  assert(end >= kLongestPast);
  const auto last = values_.begin() + static_cast<std::ptrdiff_t>(end);
  std::copy(last - static_cast<std::ptrdiff_t>(past_), last,
            values_.begin() + static_cast<std::ptrdiff_t>(kLongestPast - past_));
#ifndef NDEBUG
  // A reader that did not ask for its past shall not find something there.
  std::fill_n(values_.begin(), kLongestPast - past_, kNan);
#endif
}

}  // namespace aifx::features
