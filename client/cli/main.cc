// aifx: the engine on the command line.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "client/cli/app.h"

int main(int argc, char** argv) {
  const auto environment = [](const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return std::string(value == nullptr ? "" : value);
  };
  const bool out_is_terminal = isatty(STDOUT_FILENO) != 0;
  const bool err_is_terminal = isatty(STDERR_FILENO) != 0;
  // https://no-color.org: any value but the empty one counts.
  const bool colours = environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  aifx::cli::Console console{.out = std::cout,
                             .err = std::cerr,
                             .out_is_terminal = out_is_terminal,
                             .err_is_terminal = err_is_terminal,
                             .colour_out = out_is_terminal && colours,
                             .colour_err = err_is_terminal && colours,
                             .environment = environment,
                             .clock = aifx::base::SystemClock()};
  const int exit_code = aifx::cli::RunCli({argv + 1, argv + argc}, console);
  std::cout.flush();
  // A full disk behind `aifx ... > file` must not look like success.
  return std::cout.good() ? exit_code : aifx::cli::kFailed;
}
