#include "client/cli/dataset/macro_files.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/collect/calendar_reader.h"
#include "client/collect/series_config.h"
#include "client/collect/series_reader.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

std::vector<std::string> LeftOutOf(const collect::SeriesData& data, const std::string& file) {
  std::vector<std::string> texts;
  for (const auto& [id, rows] : data.unknown_series) {
    texts.push_back(absl::StrCat(file, ": series ", id,
                                 " is not among those of --series: rows left out: ", rows));
  }
  if (data.missing > 0) {
    texts.push_back(absl::StrCat(file, ": rows without a value, left out: ", data.missing));
  }
  return texts;
}

}  // namespace

std::string FileName(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

absl::StatusOr<MacroFiles> ReadMacroFiles(const DatasetOptions& options) {
  MacroFiles files;
  if (!options.fundamentals.empty()) {
    const std::string name = FileName(options.fundamentals);
    AIFX_ASSIGN_OR_RETURN(const std::string config, base::ReadFile(options.series));
    AIFX_ASSIGN_OR_RETURN(const auto specs, collect::ParseSeriesConfig(config, options.series));
    AIFX_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(options.fundamentals));
    AIFX_ASSIGN_OR_RETURN(collect::SeriesData data,
                          collect::ParseSeries(text, options.fundamentals, name, specs));
    files.record_warnings = LeftOutOf(data, name);
    files.records = std::move(data.records);
  }
  if (!options.events.empty()) {
    AIFX_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(options.events));
    AIFX_ASSIGN_OR_RETURN(collect::CalendarData data,
                          collect::ParseCalendar(text, options.events, FileName(options.events)));
    files.event_warnings = std::move(data.unparsed);
    files.events = std::move(data.events);
  }
  return files;
}

}  // namespace aifx::cli
