#ifndef AIFX_TESTS_UNIT_CORE_MACRO_GOLDEN_FILES_H_
#define AIFX_TESTS_UNIT_CORE_MACRO_GOLDEN_FILES_H_

#include <map>
#include <string>
#include <vector>

#include "core/macro/macro_record.h"

namespace aifx::macro {

// A line of a comma-separated file, by column name.
using Row = std::map<std::string, std::string>;

// The rows of a file of tests/golden/macro; lines that start with # are comments. A test failure
// where it cannot be read.
std::vector<Row> ReadGoldenCsv(const std::string& name);

absl::Time Utc(absl::string_view text);
// "nan" is NaN.
double Number(const std::string& text);

std::vector<EconomicEvent> GoldenEvents(const std::string& name);
std::vector<FundamentalRecord> GoldenRecords(const std::string& name);

}  // namespace aifx::macro

#endif  // AIFX_TESTS_UNIT_CORE_MACRO_GOLDEN_FILES_H_
