#ifndef AIFX_SERVER_CONFIG_PARSE_H_
#define AIFX_SERVER_CONFIG_PARSE_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/config/server_config.h"

namespace aifx::config {

// Where settings come from.
struct ConfigSources {
  std::vector<std::string> arguments;  // without the program's name
  std::function<std::optional<std::string>(const std::string& name)> environment;
  std::function<absl::StatusOr<std::string>(const std::string& path)> read_file;

  // The process's own environment and file system.
  static ConfigSources OfProcess(int argc, const char* const* argv);
};

struct ParsedConfig {
  ServerConfig config;
  // --help or --version was asked: print this and exit with 0. Empty: serve.
  std::string text_to_print;
  // What was said of each setting that is not at its default, by Setting::Names(); a secret too.
  std::map<std::string, std::string> texts;
};

// Flags over environment over the file (--config or AIFX_CONFIG, TOML) over defaults. Every value
// is checked, and values against each other; unknown flags and unknown keys of the file are errors.
// InvalidArgument carries one base::FieldViolation an error, all of them: `field` is the setting's
// names, the description what is wrong. `version_text` is what --version prints.
absl::StatusOr<ParsedConfig> ParseServerConfig(const ConfigSources& sources,
                                               const std::string& version_text);

// The errors of ParseServerConfig, one a line, for people.
std::string ConfigErrorText(const absl::Status& status);

}  // namespace aifx::config

#endif  // AIFX_SERVER_CONFIG_PARSE_H_
