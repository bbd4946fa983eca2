#ifndef AIFX_SERVER_CONFIG_SECURITY_SETTINGS_H_
#define AIFX_SERVER_CONFIG_SECURITY_SETTINGS_H_

#include <vector>

#include "core/base/violation.h"
#include "server/config/settings.h"

namespace aifx::config {

// Adds the settings of TlsConfig and AuthConfig to `all`.
void AddSecurity(std::vector<Setting>& all);

// Rules between them and where the server listens; adds what is broken.
void CheckSecurity(const ServerConfig& config, std::vector<base::FieldViolation>& violations);

}  // namespace aifx::config

#endif  // AIFX_SERVER_CONFIG_SECURITY_SETTINGS_H_
