#ifndef AIFX_CLIENT_CLI_DATA_CHECK_H_
#define AIFX_CLIENT_CLI_DATA_CHECK_H_

#include <nlohmann/json.hpp>
#include <string>

#include "core/market/series_quality.h"

namespace aifx::cli {

// What `aifx data check` prints: the findings for people, each with its first places.
std::string QualityText(const market::QualityReport& report, const market::QualityVerdict& verdict,
                        const std::string& series, bool colour);

// The same for machines: every count, every listed place, `refusals` and `warnings`.
nlohmann::json QualityJson(const market::QualityReport& report,
                           const market::QualityVerdict& verdict);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_DATA_CHECK_H_
