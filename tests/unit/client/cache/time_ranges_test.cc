#include "client/cache/time_ranges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bitset>
#include <random>

namespace aifx::cache {
namespace {

constexpr int kTimes = 24;

absl::Time At(int hour) { return absl::UnixEpoch() + absl::Hours(hour); }

std::bitset<kTimes> BitsOf(const std::vector<TimeRange>& ranges) {
  std::bitset<kTimes> bits;
  for (int i = 0; i < kTimes; ++i) {
    for (const TimeRange& range : ranges) {
      if (range.start <= At(i) && At(i) < range.end) bits.set(static_cast<size_t>(i));
    }
  }
  return bits;
}

// Against a set of hours, one bit each.
TEST(TimeRangesTest, IsASetOfTimes) {
  std::mt19937 random(1);
  const auto hour = [&] { return std::uniform_int_distribution<int>(0, kTimes)(random); };
  for (int round = 0; round < 500; ++round) {
    TimeRanges ranges;
    std::bitset<kTimes> bits;
    for (int step = 0; step < 6; ++step) {
      const int a = hour(), b = hour();
      if (step == 4) {
        ranges.CutFrom(At(a));
        for (int i = a; i < kTimes; ++i) bits.reset(static_cast<size_t>(i));
      } else {
        ranges.Add({At(a), At(b)});
        for (int i = a; i < b; ++i) bits.set(static_cast<size_t>(i));
      }
      ASSERT_EQ(BitsOf(ranges.ranges()), bits);
      for (size_t i = 0; i < ranges.ranges().size(); ++i) {
        ASSERT_FALSE(ranges.ranges()[i].empty());
        if (i > 0) {
          ASSERT_LT(ranges.ranges()[i - 1].end, ranges.ranges()[i].start);
        }
      }
    }
    const TimeRange asked{At(hour()), At(hour())};
    absl::Time end = asked.start;
    std::vector<TimeRange> known;
    for (const TimeRanges::Part& part : ranges.Split(asked)) {
      ASSERT_EQ(part.range.start, end);
      ASSERT_FALSE(part.range.empty());
      end = part.range.end;
      if (part.known) known.push_back(part.range);
    }
    ASSERT_EQ(end, asked.empty() ? asked.start : asked.end);
    ASSERT_EQ(BitsOf(known), bits & BitsOf({asked}));
  }
}

TEST(TimeRangesTest, SplitsWithoutBounds) {
  TimeRanges ranges;
  ranges.Add({At(1), At(2)});
  const auto parts = ranges.Split({absl::InfinitePast(), absl::InfiniteFuture()});
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].range, (TimeRange{absl::InfinitePast(), At(1)}));
  EXPECT_TRUE(parts[1].known);
  EXPECT_EQ(parts[2].range, (TimeRange{At(2), absl::InfiniteFuture()}));
}

}  // namespace
}  // namespace aifx::cache
