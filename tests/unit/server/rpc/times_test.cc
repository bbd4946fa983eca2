#include "server/rpc/times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>

namespace aifx::rpc {
namespace {

using ::testing::IsEmpty;

const absl::Time kNow = absl::FromCivil(absl::CivilHour(2018, 6, 12, 10), absl::UTCTimeZone());

TEST(TimesTest, RoundTripBeforeAndAfterTheEpoch) {
  for (const absl::Time time : {kNow, kNow + absl::Nanoseconds(1), absl::UnixEpoch(),
                                absl::UnixEpoch() - absl::Milliseconds(1500)}) {
    Violations violations;
    EXPECT_EQ(TimeFromProto(TimeToProto(time), "t", violations), time);
    EXPECT_THAT(violations, IsEmpty());
  }
  google::protobuf::Timestamp bad;
  bad.set_nanos(-1);
  Violations violations;
  EXPECT_EQ(TimeFromProto(bad, "t", violations), std::nullopt);
  bad.set_nanos(0);
  bad.set_seconds(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(TimeFromProto(bad, "t", violations), std::nullopt);
  EXPECT_EQ(violations.size(), 2u);
  EXPECT_EQ(DurationToProto(absl::Milliseconds(1500)).nanos(), 500'000'000);
}

TEST(TimesTest, DurationsAreNotNegative) {
  for (const absl::Duration want : {absl::ZeroDuration(), absl::Milliseconds(1500)}) {
    Violations violations;
    EXPECT_EQ(DurationFromProto(DurationToProto(want), "d", violations), want);
    EXPECT_THAT(violations, IsEmpty());
  }
  google::protobuf::Duration bad;
  bad.set_seconds(-1);
  Violations violations;
  EXPECT_EQ(DurationFromProto(bad, "older_than", violations), std::nullopt);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations.listed()[0].field, "older_than");
}

}  // namespace
}  // namespace aifx::rpc
