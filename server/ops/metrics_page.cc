#include "server/ops/metrics_page.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <cstdint>
#include <deque>
#include <utility>

namespace aifx::ops {
namespace {

prometheus::MetricType TypeOf(base::MetricKind kind) {
  switch (kind) {
    case base::MetricKind::kCounter:
      return prometheus::MetricType::Counter;
    case base::MetricKind::kGauge:
      return prometheus::MetricType::Gauge;
    case base::MetricKind::kHistogram:
      break;
  }
  return prometheus::MetricType::Histogram;
}

class PrometheusFamily final : public base::MetricFamily {
 public:
  PrometheusFamily(absl::string_view name, base::MetricKind kind, absl::string_view help)
      : family_{std::string(name), std::string(help), TypeOf(kind), {}} {}

  const std::string& name() const { return family_.name; }
  prometheus::MetricFamily Take() { return std::move(family_); }

  void Add(base::MetricLabels labels, double value) override {
    prometheus::ClientMetric& metric = NewSample(labels);
    metric.counter.value = value;
    metric.gauge.value = value;
  }

  void Add(base::MetricLabels labels, const base::HistogramSnapshot& value) override {
    prometheus::ClientMetric::Histogram& histogram = NewSample(labels).histogram;
    uint64_t count = 0;
    for (size_t i = 0; i < value.counts.size(); ++i) {
      count += static_cast<uint64_t>(value.counts[i]);
      if (i < value.bounds.size()) histogram.bucket.push_back({count, value.bounds[i]});
    }
    histogram.sample_count = count;  // the serializer adds the bucket without a bound
    histogram.sample_sum = value.sum;
  }

 private:
  prometheus::ClientMetric& NewSample(base::MetricLabels labels) {
    prometheus::ClientMetric& metric = family_.metric.emplace_back();
    for (const auto& [name, value] : labels) {
      metric.label.push_back({std::string(name), std::string(value)});
    }
    return metric;
  }

  prometheus::MetricFamily family_;
};

class PrometheusSink final : public base::MetricSink {
 public:
  base::MetricFamily& Family(absl::string_view name, base::MetricKind kind,
                             absl::string_view help) override {
    for (PrometheusFamily& family : families_) {
      if (family.name() == name) return family;
    }
    return families_.emplace_back(name, kind, help);
  }

  std::string Text() {
    std::vector<prometheus::MetricFamily> families;
    for (PrometheusFamily& family : families_) families.push_back(family.Take());
    return prometheus::TextSerializer().Serialize(families);
  }

 private:
  std::deque<PrometheusFamily> families_;  // which stay where they are
};

}  // namespace

void MetricsPage::AddCollector(base::MetricCollector collector) {
  base::MutexLock lock(mutex_);
  collectors_.push_back(std::move(collector));
}

std::string MetricsPage::Write() const {
  PrometheusSink sink;
  base::MutexLock lock(mutex_);
  for (const base::MetricCollector& collector : collectors_) collector(sink);
  return sink.Text();
}

}  // namespace aifx::ops
