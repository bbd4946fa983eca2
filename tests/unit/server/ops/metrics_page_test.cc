#include "server/ops/metrics_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aifx::ops {
namespace {

using ::testing::HasSubstr;

TEST(MetricsPageTest, WritesEachKindWithItsHelp) {
  MetricsPage page;
  page.AddCollector([](base::MetricSink& sink) {
    sink.Counter("aifx_a_total", "Events.").Add({{"kind", "x\"y\n"}}, 12345678901);
    sink.Gauge("aifx_b", "Level.").Add({}, -0.5);
    sink.Gauge("aifx_empty", "Nothing yet.");
  });
  EXPECT_EQ(page.Write(),
            "# HELP aifx_a_total Events.\n# TYPE aifx_a_total counter\n"
            "aifx_a_total{kind=\"x\\\"y\\n\"} 12345678901\n"
            "# HELP aifx_b Level.\n# TYPE aifx_b gauge\naifx_b -0.5\n"
            "# HELP aifx_empty Nothing yet.\n# TYPE aifx_empty gauge\n");
}

TEST(MetricsPageTest, BucketsOfAHistogramAreCumulative) {
  base::Histogram histogram = base::Histogram::OfDurations();
  histogram.Observe(absl::Microseconds(7));
  histogram.Observe(absl::Microseconds(30));
  histogram.Observe(absl::Minutes(1));
  MetricsPage page;
  page.AddCollector([&](base::MetricSink& sink) {
    sink.Histogram("aifx_t_seconds", "Times.").Add({{"stage", "model"}}, histogram.Snapshot());
  });
  const std::string text = page.Write();
  EXPECT_THAT(text, HasSubstr("# TYPE aifx_t_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("aifx_t_seconds_count{stage=\"model\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("aifx_t_seconds_bucket{stage=\"model\",le=\"5e-06\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("aifx_t_seconds_bucket{stage=\"model\",le=\"1e-05\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("aifx_t_seconds_bucket{stage=\"model\",le=\"5e-05\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("aifx_t_seconds_bucket{stage=\"model\",le=\"30\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("aifx_t_seconds_bucket{stage=\"model\",le=\"+Inf\"} 3\n"));
}

TEST(MetricsPageTest, CollectorsThatNameAMetricAddToOne) {
  MetricsPage page;
  for (const char* name : {"one", "two"}) {
    page.AddCollector([name](base::MetricSink& sink) {
      sink.Gauge("aifx_depth", "Depth.").Add({{"queue", name}}, 1);
    });
  }
  EXPECT_EQ(page.Write(),
            "# HELP aifx_depth Depth.\n# TYPE aifx_depth gauge\n"
            "aifx_depth{queue=\"one\"} 1\naifx_depth{queue=\"two\"} 1\n");
}

}  // namespace
}  // namespace aifx::ops
