#include "client/cli/features/features_report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/cli/table.h"
#include "client/cli/words.h"

namespace aifx::cli {
namespace {

// The rows of a part: as written, or as they would be.
int64_t RowsOf(const SeriesResult& result, size_t part) {
  return result.written.has_value() ? result.written->parts[part].rows
                                    : result.survey->rows_of_part[part];
}

nlohmann::json ResultJson(const SeriesResult& result) {
  nlohmann::json object = {{"pair", result.key.pair.ToString()},
                           {"timeframe", market::TimeframeName(result.key.timeframe)}};
  if (!result.status.ok()) {
    object["status"] = absl::IsOutOfRange(result.status) ? "too little data" : "failed";
    object["message"] = std::string(result.status.message());
    return object;
  }
  object["status"] = "done";
  object["candles"] = result.survey->read.used;
  for (size_t part = 0; part < kParts; ++part) {
    object["rows"][std::string(kPartNames[part])] = RowsOf(result, part);
  }
  if (result.written.has_value()) {
    object["folder"] = result.folder;
    object["undefined"] = result.written->dropped.undefined;
  }
  return object;
}

}  // namespace

std::string FeaturesText(const FeaturesPlan& plan, const std::vector<SeriesResult>& results,
                         bool dry_run, bool colour) {
  Table table({{"series"},
               {"candles", true},
               {"train", true},
               {"validation", true},
               {"test", true},
               {dry_run ? "" : "folder"}});
  for (const SeriesResult& result : results) {
    if (!result.status.ok()) continue;
    std::vector<Cell> cells = {{result.key.Name(), Tone::kStrong},
                               {absl::StrCat(result.survey->read.used)}};
    for (size_t part = 0; part < kParts; ++part) {
      cells.push_back({absl::StrCat(RowsOf(result, part))});
    }
    cells.push_back({result.folder});
    table.AddRow(std::move(cells));
  }
  if (table.empty()) return "";
  return absl::StrCat(dry_run ? "dry run: would write rows of " : "rows of ",
                      plan.set->columns().size(), " columns (", plan.set->name(), ", ",
                      table::TableFormatName(plan.format), ")\n", table.ToString(colour));
}

nlohmann::json FeaturesJson(const FeaturesPlan& plan, const std::vector<SeriesResult>& results,
                            bool dry_run) {
  nlohmann::json series = nlohmann::json::array();
  for (const SeriesResult& result : results) series.push_back(ResultJson(result));
  return {{"dry_run", dry_run},
          {"set", plan.set->name()},
          {"hash", plan.set->hash()},
          {"format", table::TableFormatName(plan.format)},
          {"series", series}};
}

int FeaturesExitCode(const std::vector<SeriesResult>& results) {
  const auto too_little = [](const SeriesResult& result) {
    return absl::IsOutOfRange(result.status);
  };
  const auto failed = [&](const SeriesResult& result) {
    return !result.status.ok() && !too_little(result);
  };
  if (std::any_of(results.begin(), results.end(), failed)) return kFailed;
  if (std::all_of(results.begin(), results.end(), too_little)) return kTooLittleData;
  return kDone;
}

}  // namespace aifx::cli
