#include "client/cli/collect/collect_options.h"

#include <CLI/CLI.hpp>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/words.h"
#include "client/collect/calendar_reader.h"
#include "client/collect/delivery.h"
#include "core/base/status_macros.h"
#include "core/macro/country.h"
#include "core/market/currencies.h"
#include "core/market/currency_pair.h"

namespace aifx::cli {
namespace {

absl::StatusOr<std::optional<absl::Time>> Bound(absl::string_view option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<absl::Time> time = ParseTimeWord(text);
  if (time.ok()) return *time;
  return absl::InvalidArgumentError(absl::StrCat(option, ": ", time.status().message()));
}

absl::Status AddCurrencies(const std::vector<std::string>& pairs, std::set<std::string>* all) {
  for (const std::string& text : pairs) {
    const absl::StatusOr<market::CurrencyPair> pair = market::CurrencyPair::Parse(text);
    if (!pair.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--pairs: ", pair.status().message()));
    }
    all->insert(pair->base());
    all->insert(pair->quote());
  }
  return absl::OkStatus();
}

}  // namespace

void AddCollectOptions(CLI::App& command, CollectOptions* options) {
  command
      .add_option("--pairs", options->pairs, "Only what concerns these, such as EUR/USD,USD/JPY")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("PAIR,...");
  command.add_option("--start", options->start, "Nothing before then")->type_name("TIME");
  command.add_option("--end", options->end, "Nothing after then")->type_name("TIME");
  command.add_option("--batch-size", options->batch_size, "Records of one call of the backend")
      ->check(CLI::Range(size_t{1}, collect::kMaxBatch))
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--dry-run", options->dry_run,
                   "Show what would be written to the backend, and write nothing");
  command.add_flag("--json", options->json, "Write the report as one line of JSON");
  AddBackendOptions(command, &options->backend);
}

absl::StatusOr<CollectRange> RangeOf(const CollectOptions& options) {
  CollectRange range;
  AIFX_ASSIGN_OR_RETURN(range.start, Bound("--start", options.start));
  AIFX_ASSIGN_OR_RETURN(range.end, Bound("--end", options.end));
  if (range.start.has_value() && range.end.has_value() && *range.start > *range.end) {
    return absl::InvalidArgumentError(
        absl::StrCat("--start ", options.start, " is after --end ", options.end));
  }
  return range;
}

absl::StatusOr<std::vector<std::string>> CurrenciesOf(const std::vector<std::string>& pairs,
                                                      const std::vector<std::string>& currencies) {
  std::set<std::string> all;
  AIFX_RETURN_IF_ERROR(AddCurrencies(pairs, &all));
  for (const std::string& text : currencies) {
    const std::string code = absl::AsciiStrToUpper(text);
    if (text == collect::kAllCurrencies) {
      all.insert(text);
    } else if (market::IsCurrency(code)) {
      all.insert(code);
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("--currencies: '", text, "' is not a currency such as EUR, nor All"));
    }
  }
  return std::vector<std::string>(all.begin(), all.end());
}

absl::StatusOr<std::vector<std::string>> CountriesOf(const std::vector<std::string>& pairs,
                                                     const std::vector<std::string>& countries) {
  std::set<std::string> currencies;
  AIFX_RETURN_IF_ERROR(AddCurrencies(pairs, &currencies));
  std::set<std::string> all;
  for (const std::string& currency : currencies) all.insert(macro::CountryOf(currency));
  for (const std::string& text : countries) {
    if (text.size() != 2) {
      return absl::InvalidArgumentError(
          absl::StrCat("--countries: '", text, "' is not a country such as US or EU"));
    }
    all.insert(absl::AsciiStrToUpper(text));
  }
  return std::vector<std::string>(all.begin(), all.end());
}

}  // namespace aifx::cli
