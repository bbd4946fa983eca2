#ifndef AIFX_CLIENT_CLI_BACKEND_ACCEPTANCE_TEXT_H_
#define AIFX_CLIENT_CLI_BACKEND_ACCEPTANCE_TEXT_H_

#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/backend/acceptance.h"

namespace aifx::cli {

// The report for a person: the checks, the optional routes, the response times, what was left
// behind, and the summary last.
std::string AcceptanceText(const AcceptanceReport& report, bool colour);

// The report for a program. Times are in milliseconds.
nlohmann::json AcceptanceJson(const AcceptanceReport& report);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_BACKEND_ACCEPTANCE_TEXT_H_
