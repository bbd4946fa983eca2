#ifndef AIFX_CORE_BASE_METRIC_SINK_H_
#define AIFX_CORE_BASE_METRIC_SINK_H_

#include <functional>
#include <initializer_list>
#include <utility>

#include "absl/strings/string_view.h"
#include "core/base/metrics.h"

namespace aifx::base {

enum class MetricKind { kCounter, kGauge, kHistogram };

// Names and values that tell a metric's samples apart, such as {{"executor", "inference"}}. Values
// come from a set that stays small for the life of the process: never an id of a request.
using MetricLabels = std::initializer_list<std::pair<absl::string_view, absl::string_view>>;

// One metric of a page, to which samples are added; valid until the page is written.
class MetricFamily {
 public:
  virtual ~MetricFamily() = default;
  virtual void Add(MetricLabels labels, double value) = 0;  // of a counter or gauge
  virtual void Add(MetricLabels labels, const HistogramSnapshot& value) = 0;
};

// Where a collector puts what it reads when somebody asks for the metrics. A name has the prefix
// `aifx_` and a base unit: `_seconds`, `_bytes`; counters end in `_total`. A metric is on the page
// even where it has no sample, so that the list of names (tests/golden/metrics.txt) is always the
// same. Used by one thread.
class MetricSink {
 public:
  virtual ~MetricSink() = default;

  // The same name gives the same family; kind and help are then those of the first call.
  virtual MetricFamily& Family(absl::string_view name, MetricKind kind, absl::string_view help) = 0;

  MetricFamily& Counter(absl::string_view name, absl::string_view help) {
    return Family(name, MetricKind::kCounter, help);
  }
  MetricFamily& Gauge(absl::string_view name, absl::string_view help) {
    return Family(name, MetricKind::kGauge, help);
  }
  MetricFamily& Histogram(absl::string_view name, absl::string_view help) {
    return Family(name, MetricKind::kHistogram, help);
  }
};

// Reads one component's counters into a page. Runs at every scrape, on a thread of the metrics
// server, at most one at a time; must not block on the network or the disk.
using MetricCollector = std::function<void(MetricSink& sink)>;

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_METRIC_SINK_H_
