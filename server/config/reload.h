#ifndef AIFX_SERVER_CONFIG_RELOAD_H_
#define AIFX_SERVER_CONFIG_RELOAD_H_

#include <string>
#include <vector>

#include "server/config/parse.h"

namespace aifx::config {

// What reading the configuration again came to.
struct ReloadPlan {
  // What goes on: the running configuration with the settings that change while serving.
  ParsedConfig next;
  // "--log-level / AIFX_LOG_LEVEL / log.level: info -> debug", one a setting that changed. Values
  // of secrets are left out.
  std::vector<std::string> applied;
  std::vector<std::string> needs_restart;  // likewise, of settings that keep their value
};

// Compares the running configuration with what was `loaded` from the same sources. A setting that
// is said in other words (`1s`, `1000ms`) has not changed.
ReloadPlan PlanReload(const ParsedConfig& running, const ParsedConfig& loaded);

// Whether the setting with this key of the file changes while the server runs.
bool ChangesLive(const std::string& key);

}  // namespace aifx::config

#endif  // AIFX_SERVER_CONFIG_RELOAD_H_
