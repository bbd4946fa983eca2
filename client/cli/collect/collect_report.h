#ifndef AIFX_CLIENT_CLI_COLLECT_COLLECT_REPORT_H_
#define AIFX_CLIENT_CLI_COLLECT_COLLECT_REPORT_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "client/collect/delivery.h"
#include "client/collect/difference.h"
#include "core/macro/macro_record.h"

namespace aifx::cli {

// What came of a collection.
struct CollectReport {
  std::string job;       // "collect calendar"
  nlohmann::json facts;  // what the sources held: names and counts
  bool dry_run = false;
  collect::Delivered delivered;
};

// The report for a person: counts, and in a dry run a table of what would be written (marked + and
// ~) and of stored events that the sources no longer list (?), its first 50 rows, with the records'
// times in UTC.
std::string CollectText(const CollectReport& report,
                        const collect::Difference<macro::EconomicEvent>& difference, bool colour);
std::string CollectText(const CollectReport& report,
                        const collect::Difference<macro::FundamentalRecord>& difference,
                        bool colour);

// The same for a program; in a dry run `added` and `changed` hold every record as it would be sent,
// and `unlisted` the stored ones that the sources no longer list.
nlohmann::json CollectJson(const CollectReport& report,
                           const collect::Difference<macro::EconomicEvent>& difference);
nlohmann::json CollectJson(const CollectReport& report,
                           const collect::Difference<macro::FundamentalRecord>& difference);

// A warning for each stored event that the sources no longer list.
std::vector<std::string> UnlistedWarnings(
    const collect::Difference<macro::EconomicEvent>& difference);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_COLLECT_COLLECT_REPORT_H_
