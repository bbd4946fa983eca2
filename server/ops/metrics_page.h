#ifndef AIFX_SERVER_OPS_METRICS_PAGE_H_
#define AIFX_SERVER_OPS_METRICS_PAGE_H_

#include <string>
#include <vector>

#include "core/base/metric_sink.h"
#include "core/base/mutex.h"

namespace aifx::ops {

// What GET /metrics answers: every collector's metrics in Prometheus' text format, version 0.0.4.
// Thread-safe.
class MetricsPage {
 public:
  static constexpr char kContentType[] = "text/plain; version=0.0.4; charset=utf-8";

  // What the collector reads outlives the page.
  void AddCollector(base::MetricCollector collector);

  // Runs the collectors, in the order in which they were added.
  std::string Write() const;

 private:
  mutable base::Mutex mutex_;
  std::vector<base::MetricCollector> collectors_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_METRICS_PAGE_H_
