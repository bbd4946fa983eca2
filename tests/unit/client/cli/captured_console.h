#ifndef AIFX_TESTS_UNIT_CLIENT_CLI_CAPTURED_CONSOLE_H_
#define AIFX_TESTS_UNIT_CLIENT_CLI_CAPTURED_CONSOLE_H_

#include <sstream>

#include "client/cli/console.h"

namespace aifx::cli {

// A console without terminal that keeps what is written.
struct CapturedConsole {
  std::ostringstream out, err;
  Console console{.out = out,
                  .err = err,
                  .environment = [](const std::string&) { return std::string(); },
                  .clock = base::SystemClock()};
};

}  // namespace aifx::cli

#endif  // AIFX_TESTS_UNIT_CLIENT_CLI_CAPTURED_CONSOLE_H_
