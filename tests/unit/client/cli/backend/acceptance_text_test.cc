#include "client/cli/backend/acceptance_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/backend/response_times.h"

namespace aifx::cli {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

AcceptanceReport Report() {
  return {.url = "http://backend.test:3000",
          .checks = {{.name = "health",
                      .route = "GET /health",
                      .verdict = Verdict::kPassed,
                      .elapsed = absl::Microseconds(1840),
                      .detail = "healthy",
                      .request_id = "r1"},
                     {.name = "register model version",
                      .route = "POST /models/version",
                      .verdict = Verdict::kFailed,
                      .elapsed = absl::Milliseconds(12),
                      .detail = "refused"},
                     {.name = "update model status", .detail = "needs check 2"}},
          .optional_features = {{.name = "A/B tests",
                                 .route = "GET /models/ab-tests",
                                 .present = false,
                                 .detail = "listing A/B tests will not work"},
                                {.name = "spread of candles"}},
          .created = {"prediction p"},
          .times = {{.route = "GET /health",
                     .times = {absl::Milliseconds(1), absl::Milliseconds(2), absl::Milliseconds(9)},
                     .failures = 1}}};
}

TEST(AcceptanceTextTest, AlignsChecksAndEndsWithTheSummary) {
  const std::string text = AcceptanceText(Report(), /*colour=*/false);
  EXPECT_THAT(text, HasSubstr("1  health                  GET /health            1.8 ms  ok       "
                              "healthy\n"));
  EXPECT_THAT(text, HasSubstr("2  register model version  POST /models/version  12.0 ms  FAILED   "
                              "refused\n"));
  EXPECT_THAT(text, HasSubstr("not run  needs check 2\n"));
  EXPECT_THAT(text, HasSubstr("no       listing A/B tests will not work\n"));
  EXPECT_THAT(text, HasSubstr("unknown"));
  EXPECT_THAT(text, AllOf(HasSubstr("p50"), HasSubstr("2.0 ms  9.0 ms   9.0 ms  1 failed")));
  EXPECT_THAT(text, HasSubstr("Left behind: prediction p\n"));
  EXPECT_THAT(text, EndsWith("1 of 3 checks passed  http://backend.test:3000\n"));
  EXPECT_THAT(text, Not(AnyOf(HasSubstr("\x1b"), HasSubstr(" \n"))));
  EXPECT_THAT(AcceptanceText(Report(), /*colour=*/true), HasSubstr("\x1b[31mFAILED"));
}

TEST(AcceptanceTextTest, JsonHasEveryPart) {
  const nlohmann::json json = AcceptanceJson(Report());
  EXPECT_EQ(json["passed"], false);
  EXPECT_EQ(json["passedCount"], 1);
  EXPECT_EQ(json["checks"][0]["number"], 1);
  EXPECT_EQ(json["checks"][0]["result"], "passed");
  EXPECT_EQ(json["checks"][0]["ms"], 1.84);
  EXPECT_EQ(json["checks"][0]["requestId"], "r1");
  EXPECT_EQ(json["checks"][1]["result"], "failed");
  EXPECT_EQ(json["checks"][2]["result"], "not_run");
  EXPECT_FALSE(json["checks"][2].contains("ms"));
  EXPECT_EQ(json["optional"][0]["present"], false);
  EXPECT_TRUE(json["optional"][1]["present"].is_null());
  EXPECT_EQ(json["responseTimes"][0]["p50Ms"], 2);
  EXPECT_EQ(json["responseTimes"][0]["p99Ms"], 9);
  EXPECT_EQ(json["responseTimes"][0]["failures"], 1);
}

TEST(PercentileTest, IsTheNearestRank) {
  std::vector<absl::Duration> times;
  for (int i = 100; i >= 1; --i) times.push_back(absl::Milliseconds(i));
  EXPECT_EQ(Percentile(times, 0.5), absl::Milliseconds(50));
  EXPECT_EQ(Percentile(times, 0.99), absl::Milliseconds(99));
  EXPECT_EQ(Percentile(times, 1), absl::Milliseconds(100));
  EXPECT_EQ(Percentile(times, 0), absl::Milliseconds(1));
  EXPECT_EQ(Percentile({absl::Milliseconds(7)}, 0.99), absl::Milliseconds(7));
  EXPECT_EQ(Percentile({}, 0.5), absl::ZeroDuration());
}

}  // namespace
}  // namespace aifx::cli
