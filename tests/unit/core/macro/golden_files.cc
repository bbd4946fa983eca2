#include "tests/unit/core/macro/golden_files.h"

#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "core/macro/impact.h"
#include "core/macro/value_text.h"

namespace aifx::macro {
namespace {

constexpr char kFolder[] = "tests/golden/macro/";

std::optional<double> Value(const std::string& text) {
  const absl::StatusOr<ValueText> value = ParseValueText(text);
  if (!value.ok()) return std::nullopt;
  return value->value;
}

}  // namespace

std::vector<Row> ReadGoldenCsv(const std::string& name) {
  std::ifstream file(kFolder + name);
  EXPECT_TRUE(file) << kFolder << name << " (run from the repository's root)";
  std::vector<std::string> titles;
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line[0] == '#') continue;
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    if (titles.empty()) {
      titles = cells;
      continue;
    }
    EXPECT_EQ(cells.size(), titles.size()) << line;
    for (size_t c = 0; c < cells.size(); ++c) {
      if (c == 0) rows.emplace_back();
      rows.back()[titles[c]] = cells[c];
    }
  }
  return rows;
}

absl::Time Utc(absl::string_view text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d%ET%H:%M:%E*S%Ez", text, &time, &error) ||
              absl::ParseTime("%Y-%m-%d", text, &time, &error))
      << text << ": " << error;
  return time;
}

double Number(const std::string& text) {
  double number = 0;
  EXPECT_TRUE(absl::SimpleAtod(text, &number)) << text;
  return number;
}

std::vector<EconomicEvent> GoldenEvents(const std::string& name) {
  std::vector<EconomicEvent> events;
  for (const Row& row : ReadGoldenCsv(name)) {
    EconomicEvent event;
    event.time = Utc(row.at("timestamp_utc"));
    event.currency = row.at("currency");
    event.name = row.at("event");
    event.impact = *ParseImpact(row.at("impact"));
    event.actual = Value(row.at("actual"));
    event.forecast = Value(row.at("forecast"));
    event.previous = Value(row.at("previous"));
    event.time_known = row.at("time_known") == "1";
    events.push_back(std::move(event));
  }
  return events;
}

std::vector<FundamentalRecord> GoldenRecords(const std::string& name) {
  std::vector<FundamentalRecord> records;
  for (const Row& row : ReadGoldenCsv(name)) {
    FundamentalRecord record;
    record.date = Utc(row.at("date"));
    record.country = row.at("country");
    record.indicator = row.at("indicator");
    record.value = Number(row.at("value"));
    if (!row.at("released_at").empty()) record.released_at = Utc(row.at("released_at"));
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace aifx::macro
