#ifndef AIFX_SERVER_CONFIG_LIMIT_SETTINGS_H_
#define AIFX_SERVER_CONFIG_LIMIT_SETTINGS_H_

#include <vector>

#include "server/config/settings.h"

namespace aifx::config {

// Adds the settings of ServerConfig::limits, in the order of --help.
void AddLimits(std::vector<Setting>& all);

}  // namespace aifx::config

#endif  // AIFX_SERVER_CONFIG_LIMIT_SETTINGS_H_
