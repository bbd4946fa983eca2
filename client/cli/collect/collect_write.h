#ifndef AIFX_CLIENT_CLI_COLLECT_COLLECT_WRITE_H_
#define AIFX_CLIENT_CLI_COLLECT_COLLECT_WRITE_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "client/cli/collect/collect_options.h"
#include "client/cli/collect/collect_progress.h"
#include "client/cli/console.h"
#include "core/macro/macro_record.h"

namespace aifx::cli {

// Compares what was collected with the backend, writes the difference (or shows it, in a dry run)
// and reports it. `facts` says what the sources held. The exit code: kDone, kTooLittleData where
// nothing was collected, kUsage for a backend that is not configured, else kFailed.
int WriteCollected(const std::string& job, const CollectOptions& options,
                   const nlohmann::json& facts, const std::vector<macro::EconomicEvent>& collected,
                   CollectProgress& progress, Console& console);
int WriteCollected(const std::string& job, const CollectOptions& options,
                   const nlohmann::json& facts,
                   const std::vector<macro::FundamentalRecord>& collected,
                   CollectProgress& progress, Console& console);

// Reports why a collection failed. kFailed, whatever the reason: kUsage is for the command line.
int CollectFailed(const std::string& job, const absl::Status& status, Console& console);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_COLLECT_COLLECT_WRITE_H_
