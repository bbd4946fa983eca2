#include "server/rpc/call_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/ops/metrics_page.h"
#include "server/rpc/stage_metrics.h"
#include "tests/unit/server/rpc/service_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

template <typename Metrics>
std::string PageOf(const Metrics& metrics) {
  ops::MetricsPage page;
  page.AddCollector([&](base::MetricSink& sink) { metrics.Collect(sink); });
  return page.Write();
}

TEST(CallMetricsTest, KnowsTheMethodsOfItsServices) {
  CallMetrics metrics({"aifx.ml.v1.PredictionService", "no.such.Service"});
  EXPECT_NE(&metrics.Of("PredictionService.Predict"),
            &metrics.Of("PredictionService.BatchPredict"));
  EXPECT_EQ(&metrics.Of("PredictionService.Predict"), &metrics.Of("PredictionService.Predict"));
  // What a caller makes up must not make new series.
  EXPECT_EQ(&metrics.Of("RecordService.GetAccuracy"), &metrics.Of("x"));
}

TEST(CallMetricsTest, TellsWhatHappenedAndOkAlways) {
  CallMetrics metrics({"aifx.ml.v1.PredictionService"});
  metrics.Of("PredictionService.Predict").Count(absl::StatusCode::kOk, absl::Milliseconds(3));
  metrics.Of("PredictionService.Predict").Count(absl::StatusCode::kNotFound, absl::Seconds(2));
  metrics.Of("PredictionService.Predict")
      .Count(static_cast<absl::StatusCode>(99), absl::Seconds(1));
  const std::string page = PageOf(metrics);
  for (const char* sample :
       {"aifx_grpc_calls_total{method=\"PredictionService.Predict\",code=\"OK\"} 1\n",
        "aifx_grpc_calls_total{method=\"PredictionService.Predict\",code=\"NOT_FOUND\"} 1\n",
        "aifx_grpc_calls_total{method=\"PredictionService.Predict\",code=\"UNKNOWN\"} 1\n",
        "aifx_grpc_calls_total{method=\"PredictionService.BatchPredict\",code=\"OK\"} 0\n",
        "aifx_grpc_call_duration_seconds_count{method=\"PredictionService.Predict\"} 3\n"}) {
    EXPECT_THAT(page, HasSubstr(sample));
  }
  EXPECT_THAT(page, AllOf(Not(HasSubstr("INTERNAL")),
                          Not(HasSubstr("seconds_count{method=\"PredictionService.BatchPredict"))));
}

TEST(StageMetricsTest, CountsAFetchOnlyWhereThereWasOne) {
  StageMetrics metrics;
  metrics.Observe({.validate = absl::Microseconds(3), .model = absl::Milliseconds(1)},
                  absl::Microseconds(50));
  metrics.Observe({.fetch = absl::Milliseconds(20), .model = absl::Milliseconds(1)},
                  absl::Microseconds(50));
  metrics.ObserveSubmit(absl::Milliseconds(2));
  const std::string page = PageOf(metrics);
  const auto count = [](const std::string& stage, int times) {
    return HasSubstr(absl::StrCat("aifx_predict_stage_duration_seconds_count{stage=\"", stage,
                                  "\"} ", times, "\n"));
  };
  EXPECT_THAT(page, AllOf(count("fetch", 1), count("validate", 2), count("features", 2),
                          count("queue", 2), count("model", 2), count("decide", 2)));
  EXPECT_THAT(page, count("submit", 1));
  EXPECT_THAT(page, HasSubstr("aifx_predict_stage_duration_seconds_sum{stage=\"fetch\"} 0.02\n"));
}

}  // namespace
}  // namespace aifx::rpc
