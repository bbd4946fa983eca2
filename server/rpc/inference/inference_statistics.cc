#include "server/rpc/inference/inference_statistics.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace aifx::rpc {
namespace {

constexpr size_t kMaxVersions = 1024;

void SumToProto(const DurationSum& sum, ::inference::StatisticDuration& message) {
  message.set_count(sum.count);
  message.set_ns(static_cast<uint64_t>(absl::ToInt64Nanoseconds(sum.time)));
}

}  // namespace

VersionInferenceStats& InferenceStatistics::Find(const std::string& name, int64_t version) {
  const auto key = std::make_pair(name, version);
  if (versions_.size() >= kMaxVersions && !versions_.contains(key)) {
    versions_.erase(std::min_element(
        versions_.begin(), versions_.end(),
        [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
  }
  VersionInferenceStats& stats = versions_[key];
  stats.name = name;
  stats.version = version;
  return stats;
}

void InferenceStatistics::Succeeded(const std::string& name, int64_t version, size_t rows,
                                    size_t executed_rows, bool counts_execution,
                                    const InferenceTimes& times, absl::Time now) {
  base::MutexLock lock(mutex_);
  VersionInferenceStats& stats = Find(name, version);
  stats.last = now;
  stats.windows += rows;
  stats.success.Add(times.total);
  stats.queue.Add(times.queue);
  stats.input.Add(times.input);
  stats.infer.Add(times.infer);
  stats.output.Add(times.output);
  if (!counts_execution) return;
  ++stats.executions;
  VersionInferenceStats::Batch& batch = stats.batches[executed_rows];
  batch.input.Add(times.input);
  batch.infer.Add(times.infer);
  batch.output.Add(times.output);
}

void InferenceStatistics::Failed(const std::string& name, int64_t version, absl::Duration total,
                                 absl::Time now) {
  base::MutexLock lock(mutex_);
  VersionInferenceStats& stats = Find(name, version);
  stats.last = now;
  stats.fail.Add(total);
}

std::vector<VersionInferenceStats> InferenceStatistics::Stats() const {
  std::vector<VersionInferenceStats> all;
  base::MutexLock lock(mutex_);
  all.reserve(versions_.size());
  for (const auto& [key, stats] : versions_) all.push_back(stats);
  return all;
}

void ToProto(const VersionInferenceStats& stats, ::inference::ModelStatistics& message) {
  message.set_name(stats.name);
  message.set_version(absl::StrCat(stats.version));
  if (stats.last != absl::InfinitePast()) {
    message.set_last_inference(static_cast<uint64_t>(absl::ToUnixMillis(stats.last)));
  }
  message.set_inference_count(stats.windows);
  message.set_execution_count(stats.executions);
  auto& inference = *message.mutable_inference_stats();
  SumToProto(stats.success, *inference.mutable_success());
  SumToProto(stats.fail, *inference.mutable_fail());
  SumToProto(stats.queue, *inference.mutable_queue());
  SumToProto(stats.input, *inference.mutable_compute_input());
  SumToProto(stats.infer, *inference.mutable_compute_infer());
  SumToProto(stats.output, *inference.mutable_compute_output());
  for (const auto& [rows, batch] : stats.batches) {
    auto& added = *message.add_batch_stats();
    added.set_batch_size(rows);
    SumToProto(batch.input, *added.mutable_compute_input());
    SumToProto(batch.infer, *added.mutable_compute_infer());
    SumToProto(batch.output, *added.mutable_compute_output());
  }
}

}  // namespace aifx::rpc
