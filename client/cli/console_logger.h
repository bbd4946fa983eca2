#ifndef AIFX_CLIENT_CLI_CONSOLE_LOGGER_H_
#define AIFX_CLIENT_CLI_CONSOLE_LOGGER_H_

#include "client/cli/console.h"
#include "core/base/log.h"
#include "core/base/mutex.h"

namespace aifx::cli {

// Warnings and errors on console.err, so that a job which waits or repeats says why: a line of text
// on a terminal, else a JSON object a line with `time` and `event` ("warning", "error") as the
// other progress of jobs. What is below a warning is dropped. Thread-safe.
class ConsoleLogger final : public base::Logger {
 public:
  // `console` outlives the logger.
  explicit ConsoleLogger(Console& console) : console_(console) {}

  void Log(base::LogLevel level, absl::string_view message, const base::LogFields& fields) override;

 private:
  Console& console_;
  base::Mutex mutex_;  // one line at a time
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_CONSOLE_LOGGER_H_
