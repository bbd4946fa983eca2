#include "server/rpc/call_metrics.h"

#include <google/protobuf/descriptor.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rpc/status.h"

namespace aifx::rpc {

void CallMetrics::Method::Count(absl::StatusCode code, absl::Duration took) {
  const auto index = static_cast<size_t>(code);
  by_code_[index < kCodes ? index : static_cast<size_t>(absl::StatusCode::kUnknown)].Add();
  duration_.Observe(took);
}

CallMetrics::CallMetrics(const std::vector<std::string>& services) {
  for (const std::string& name : services) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    if (service == nullptr) continue;
    for (int i = 0; i < service->method_count(); ++i) {
      Method& method =
          methods_.emplace_back(absl::StrCat(service->name(), ".", service->method(i)->name()));
      by_name_[method.name_] = &method;
    }
  }
}

CallMetrics::Method& CallMetrics::Of(absl::string_view method) {
  const auto found = by_name_.find(method);
  return found == by_name_.end() ? other_ : *found->second;
}

void CallMetrics::Collect(base::MetricSink& sink) const {
  auto& calls = sink.Counter("aifx_grpc_calls_total", "Calls answered, by method and status code.");
  auto& durations = sink.Histogram("aifx_grpc_call_duration_seconds",
                                   "From a call's start to its answer, by method.");
  const auto add = [&](const Method& method) {
    for (size_t i = 0; i < Method::kCodes; ++i) {
      const int64_t count = method.by_code_[i].Value();
      // What never happened is left out, but for OK: 17 codes times all methods are many.
      if (count == 0 && i != 0) continue;
      calls.Add({{"method", method.name_}, {"code", CodeName(static_cast<absl::StatusCode>(i))}},
                static_cast<double>(count));
    }
    const base::HistogramSnapshot duration = method.duration_.Snapshot();
    if (duration.Count() > 0) durations.Add({{"method", method.name_}}, duration);
  };
  for (const Method& method : methods_) add(method);
  add(other_);
}

}  // namespace aifx::rpc
