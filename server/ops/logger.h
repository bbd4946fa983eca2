#ifndef AIFX_SERVER_OPS_LOGGER_H_
#define AIFX_SERVER_OPS_LOGGER_H_

#include <cstdint>
#include <memory>
#include <ostream>

#include "absl/strings/string_view.h"
#include "core/base/clock.h"
#include "core/base/log.h"

namespace aifx::ops {

enum class LogForm {
  kJson,  // {"time":"...Z","level":"info","message":"...", field: "..."}, one object a line
  kText,  // 2018-06-12T10:00:00.000Z INFO  message field=value
};

// The server's logger. Thread-safe.
class ServerLogger : public base::Logger {
 public:
  // From now on lines below `minimum` are dropped.
  virtual void SetMinimum(base::LogLevel minimum) = 0;
  // Lines of a level that were written since the start.
  virtual int64_t Lines(base::LogLevel level) const = 0;
};

// A logger that writes lines of `minimum` and above to `out`, each whole and at once. Control
// characters never reach a line unescaped, so that a caller cannot forge one. `out` and `clock`
// outlive it.
std::unique_ptr<ServerLogger> MakeLogger(std::ostream& out, LogForm form, base::LogLevel minimum,
                                         base::Clock& clock);

// "debug", "info", "warning", "error".
absl::string_view LogLevelName(base::LogLevel level);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_LOGGER_H_
