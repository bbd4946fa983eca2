#ifndef AIFX_TESTS_SUPPORT_RECORDING_LOGGER_H_
#define AIFX_TESTS_SUPPORT_RECORDING_LOGGER_H_

#include <string>

#include "core/base/log.h"
#include "core/base/mutex.h"

namespace aifx::testing {

// Keeps every line of every level with its fields as text. Thread-safe.
class RecordingLogger final : public base::Logger {
 public:
  void Log(base::LogLevel, absl::string_view message, const base::LogFields& fields) override {
    base::MutexLock lock(mutex_);
    text_ += std::string(message);
    for (const auto& [name, value] : fields) text_ += " " + name + "=" + value;
    text_ += "\n";
  }
  std::string text() {
    base::MutexLock lock(mutex_);
    return text_;
  }

 private:
  base::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_RECORDING_LOGGER_H_
