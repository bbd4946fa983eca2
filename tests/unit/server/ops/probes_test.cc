#include "server/ops/probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aifx::ops {
namespace {

using ::testing::HasSubstr;

TEST(ReadinessAnswerTest, EveryCheckHasItsLine) {
  const HttpAnswer ready = ReadinessAnswer({{"model", ""}, {"outbox", ""}});
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body, "ready\nmodel: ok\noutbox: ok\n");
  const HttpAnswer not_ready = ReadinessAnswer({{"model", ""}, {"outbox", "its disk fails"}});
  EXPECT_EQ(not_ready.status, 503);
  EXPECT_EQ(not_ready.body, "not ready\nmodel: ok\noutbox: its disk fails\n");
}

TEST(LivenessAnswerTest, SaysWhatDidNotCome) {
  EXPECT_EQ(LivenessAnswer(absl::OkStatus()).status, 200);
  EXPECT_EQ(LivenessAnswer(absl::ResourceExhaustedError("closed at once")).status, 200);
  const HttpAnswer answer = LivenessAnswer(absl::DeadlineExceededError("no answer in time"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("no answer in time"));
}

}  // namespace
}  // namespace aifx::ops
