#ifndef AIFX_CORE_BASE_LOG_H_
#define AIFX_CORE_BASE_LOG_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace aifx::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Named values of one log line, such as {"request_id", "..."}; never a secret.
using LogFields = std::vector<std::pair<std::string, std::string>>;

// Where log lines go. Implementations are thread-safe and never block on a network.
class Logger {
 public:
  virtual ~Logger() = default;
  virtual void Log(LogLevel level, absl::string_view message, const LogFields& fields) = 0;

  void Info(absl::string_view message, const LogFields& fields = {}) {
    Log(LogLevel::kInfo, message, fields);
  }
  void Warning(absl::string_view message, const LogFields& fields = {}) {
    Log(LogLevel::kWarning, message, fields);
  }
  void Error(absl::string_view message, const LogFields& fields = {}) {
    Log(LogLevel::kError, message, fields);
  }
};

// Drops every line; for tests and for callers that do not care.
Logger& NullLogger();

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_LOG_H_
