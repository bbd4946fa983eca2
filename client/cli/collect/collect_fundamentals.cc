// aifx collect fundamentals: macroeconomic series from FRED, files and HTTP into the backend.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/cli/collect/collect_write.h"
#include "client/cli/collect/subcommands.h"
#include "client/cli/errors.h"
#include "client/collect/fred_series.h"
#include "client/collect/series_config.h"
#include "client/collect/series_reader.h"
#include "client/collect/source_text.h"
#include "client/http/curl_client.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

constexpr char kJob[] = "collect fundamentals";
constexpr char kFred[] = "fred";  // the source of that name

struct FundamentalsCommand {
  CollectOptions options;
  std::string series;  // the file that lists them
  std::vector<std::string> countries;
  std::string fred_url = collect::FredOptions().base_url;
};

std::optional<absl::CivilDay> DayOf(const std::optional<absl::Time>& time) {
  if (!time.has_value()) return std::nullopt;
  return absl::ToCivilDay(*time, absl::UTCTimeZone());
}

// Reads the sources one after another.
class Reader {
 public:
  Reader(const FundamentalsCommand& command, CollectRange range, CollectProgress& progress,
         Console& console)
      : command_(command),
        range_(range),
        progress_(progress),
        console_(console),
        http_({.total_timeout = absl::Seconds(120)}, console.clock),
        retrier_(http_, console.clock, http::SystemUniform(), {}) {}

  // InvalidArgument where FRED is asked for and cannot be: without a key, at a URL that is none.
  absl::Status OpenFred() {
    const std::vector<std::string>& sources = command_.options.sources;
    if (std::count(sources.begin(), sources.end(), kFred) == 0) return absl::OkStatus();
    AIFX_ASSIGN_OR_RETURN(
        fred_, collect::FredClient::Create(
                   {.base_url = command_.fred_url, .api_key = console_.environment("FRED_API_KEY")},
                   http_, console_.clock, http::SystemUniform()));
    return absl::OkStatus();
  }

  // The series of the countries; of all where none is named.
  absl::Status ReadConfig(const std::vector<std::string>& countries) {
    AIFX_ASSIGN_OR_RETURN(const collect::SourceText source,
                          collect::ReadSource(command_.series, retrier_, {}));
    AIFX_ASSIGN_OR_RETURN(specs_, collect::ParseSeriesConfig(source.text, source.name));
    std::erase_if(specs_, [&](const collect::SeriesSpec& spec) {
      return !countries.empty() &&
             std::count(countries.begin(), countries.end(), spec.country) == 0;
    });
    return absl::OkStatus();
  }

  absl::StatusOr<collect::SeriesData> ReadAll() {
    collect::SeriesData all;
    const std::vector<std::string>& sources = command_.options.sources;
    for (const std::string& source : sources) AIFX_RETURN_IF_ERROR(collect::CheckSource(source));
    for (const std::string& source : sources) {
      AIFX_ASSIGN_OR_RETURN(const collect::SeriesData data,
                            source == kFred ? ReadFred() : ReadFile(source));
      all.rows += data.rows;
      all.missing += data.missing;
      all.duplicates += data.duplicates;
      all.records.insert(all.records.end(), data.records.begin(), data.records.end());
      for (const auto& [id, rows] : data.unknown_series) all.unknown_series[id] += rows;
    }
    std::erase_if(all.records, [&](const macro::FundamentalRecord& record) {
      return !range_.Contains(record.date);
    });
    collect::Deduplicate(all);
    return all;
  }

 private:
  absl::StatusOr<collect::SeriesData> ReadFred() {
    const auto on_series = [&](const std::string& id, size_t done, size_t total) {
      progress_.Reading(absl::StrCat("FRED ", id), done, total);
    };
    return collect::ReadFredSeries(*fred_, specs_, DayOf(range_.start), DayOf(range_.end),
                                   on_series, {});
  }

  absl::StatusOr<collect::SeriesData> ReadFile(const std::string& path) {
    progress_.Reading(collect::SourceName(path), 0, 1);
    AIFX_ASSIGN_OR_RETURN(const collect::SourceText source,
                          collect::ReadSource(path, retrier_, {}));
    return collect::ParseSeries(source.text, source.name, source.origin, specs_);
  }

  const FundamentalsCommand& command_;
  const CollectRange range_;
  CollectProgress& progress_;
  Console& console_;
  http::CurlClient http_;
  http::Retrier retrier_;
  std::vector<collect::SeriesSpec> specs_;
  std::unique_ptr<collect::FredClient> fred_;
};

std::vector<std::string> WarningsOf(const collect::SeriesData& data) {
  std::vector<std::string> warnings;
  for (const auto& [id, rows] : data.unknown_series) {
    warnings.push_back(
        absl::StrCat("series ", id, " is not among those asked for: rows left out: ", rows));
  }
  return warnings;
}

int Collect(const FundamentalsCommand& command, Console& console) {
  const auto range = RangeOf(command.options);
  const auto countries = CountriesOf(command.options.pairs, command.countries);
  for (const absl::Status& status : {range.status(), countries.status()}) {
    if (!status.ok()) return ReportError(kJob, status, console);
  }
  CollectProgress progress(console);
  Reader reader(command, *range, progress, console);
  if (const absl::Status status = reader.OpenFred(); !status.ok()) {
    return ReportError(kJob, status, console);
  }
  if (const absl::Status status = reader.ReadConfig(*countries); !status.ok()) {
    return CollectFailed(kJob, status, console);
  }
  const absl::StatusOr<collect::SeriesData> data = reader.ReadAll();
  progress.Finish();
  if (!data.ok()) return CollectFailed(kJob, data.status(), console);
  progress.Warnings(WarningsOf(*data));
  const nlohmann::json facts = {{"rows", data->rows},
                                {"missing", data->missing},
                                {"duplicates", data->duplicates},
                                {"records", data->records.size()}};
  return WriteCollected(kJob, command.options, facts, data->records, progress, console);
}

}  // namespace

void AddCollectFundamentals(CLI::App& collect, Invocation& invocation) {
  auto command = std::make_shared<FundamentalsCommand>();
  CLI::App* sub = collect.add_subcommand(
      "fundamentals", "Read macroeconomic series and store the releases that the backend lacks");
  sub->add_option("source", command->options.sources,
                  "`fred` (its key in FRED_API_KEY), files, or http and https URLs")
      ->required()
      ->type_name("SOURCE...");
  sub->add_option("--series", command->series,
                  "The series to read, such as examples/collect/fred_series.csv")
      ->required()
      ->type_name("FILE");
  sub->add_option("--countries", command->countries, "Only series of these, beside --pairs")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("US,...");
  sub->add_option("--fred-url", command->fred_url, "Where FRED answers")
      ->envname("FRED_API_URL")
      ->type_name("URL")
      ->capture_default_str();
  AddCollectOptions(*sub, &command->options);
  sub->callback([command, &invocation] {
    invocation.run = [command, &invocation] { return Collect(*command, invocation.console); };
  });
}

}  // namespace aifx::cli
