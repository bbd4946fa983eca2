#ifndef AIFX_SERVER_CONFIG_SETTINGS_H_
#define AIFX_SERVER_CONFIG_SETTINGS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/config/server_config.h"

namespace aifx::config {

// One thing that can be set, and how: by flag, variable or key of the file. An empty name means
// that it cannot be set that way.
struct Setting {
  std::string flag;  // "--listen"
  std::string env;   // "AIFX_LISTEN"
  std::string key;   // "server.listen"
  std::string default_text;
  std::string help;
  bool is_switch = false;  // the flag needs no value
  bool is_secret = false;  // its value is never repeated in a message
  // Checks `text` and writes it into the config; InvalidArgument says what is wrong with the value.
  std::function<absl::Status(const std::string& text, ServerConfig& config)> apply;

  // "--listen / AIFX_LISTEN / server.listen", without what is empty.
  std::string Names() const;
};

// Every setting, in the order of --help. Lives for the whole process.
const std::vector<Setting>& AllSettings();

}  // namespace aifx::config

#endif  // AIFX_SERVER_CONFIG_SETTINGS_H_
