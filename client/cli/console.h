#ifndef AIFX_CLIENT_CLI_CONSOLE_H_
#define AIFX_CLIENT_CLI_CONSOLE_H_

#include <functional>
#include <ostream>
#include <string>

#include "absl/strings/string_view.h"
#include "core/base/clock.h"

namespace aifx::cli {

// What a command may do on its way out; part of the programs' contract (`aifx --help` lists them).
enum ExitCode {
  kDone = 0,
  kFailed = 1,         // refused, or failed on the way
  kUsage = 2,          // wrong command line, or a request with a wrong value
  kUnreachable = 3,    // the server, or what it needs, does not answer in time
  kTooLittleData = 75  // nothing to train on yet
};

// The outside of a command: where it writes, and what it learns from its process. Not owned.
struct Console {
  std::ostream& out;  // results
  std::ostream& err;  // errors, warnings and progress
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool colour_out = false;
  bool colour_err = false;
  // An environment variable's value, or the empty string.
  std::function<std::string(const std::string& name)> environment;
  base::Clock& clock;
};

enum class Tone { kPlain, kStrong, kQuiet, kGood, kBad, kCaution };

// `text` in that tone, for a terminal; unchanged where `colour` is false.
std::string Paint(absl::string_view text, Tone tone, bool colour);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_CONSOLE_H_
