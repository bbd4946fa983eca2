#ifndef AIFX_TESTS_UNIT_CORE_SERVING_RECORDING_JOB_H_
#define AIFX_TESTS_UNIT_CORE_SERVING_RECORDING_JOB_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/mutex.h"
#include "core/serving/batch_lane.h"

namespace aifx::serving {

// What became of jobs: "a+b" for a batch of a and b, "c:CANCELLED" for a refusal. Thread-safe.
class JobLog {
 public:
  std::function<void()> on_run;  // called before a batch is recorded

  void Add(std::string line) {
    base::MutexLock lock(mutex_);
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> lines() const {
    base::MutexLock lock(mutex_);
    return lines_;
  }

 private:
  mutable base::Mutex mutex_;
  std::vector<std::string> lines_ ABSL_GUARDED_BY(mutex_);
};

// A job that writes into a log, which outlives it.
class RecordingJob final : public BatchJob {
 public:
  RecordingJob(std::string name, JobLog& log) : name_(std::move(name)), log_(log) {}

  void Run(absl::Span<const std::unique_ptr<BatchJob>> jobs) override {
    if (log_.on_run) log_.on_run();
    std::string line;
    for (const auto& job : jobs) {
      absl::StrAppend(&line, line.empty() ? "" : "+", static_cast<RecordingJob&>(*job).name_);
    }
    log_.Add(line);
  }
  void Refuse(const absl::Status& status) override {
    log_.Add(absl::StrCat(name_, ":", absl::StatusCodeToString(status.code())));
  }

 private:
  const std::string name_;
  JobLog& log_;
};

}  // namespace aifx::serving

#endif  // AIFX_TESTS_UNIT_CORE_SERVING_RECORDING_JOB_H_
