#ifndef AIFX_CLIENT_CLI_CONSOLE_LOGGER_H_
#define AIFX_CLIENT_CLI_CONSOLE_LOGGER_H_

#include "client/cli/console.h"
#include "core/base/log.h"
#include "core/base/mutex.h"

namespace aifx::cli {

// Warnings and errors of what a command uses, as lines of console.err; the rest is dropped.
// Thread-safe among its own lines.
class ConsoleLogger final : public base::Logger {
 public:
  explicit ConsoleLogger(Console& console) : console_(console) {}
  void Log(base::LogLevel level, absl::string_view message, const base::LogFields& fields) override;

 private:
  base::Mutex mutex_;
  Console& console_;
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_CONSOLE_LOGGER_H_
