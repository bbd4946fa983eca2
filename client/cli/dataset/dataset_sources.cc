#include "client/cli/dataset/dataset_sources.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/backend/macro_client.h"
#include "client/cli/candles_csv.h"
#include "client/cli/context_files.h"
#include "client/cli/series_check.h"
#include "client/cli/words.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"
#include "core/macro/country.h"
#include "core/macro/missing_actuals.h"

namespace aifx::cli {
namespace {

// How far ahead event-v1 looks.
constexpr absl::Duration kSchedule = absl::Hours(24 * 30);

// An event that was moved is stored at both times: nothing but its missing figure tells.
void WarnOfMovedEvents(const std::vector<macro::EconomicEvent>& events,
                       const market::CurrencyPair& pair, DatasetProgress& progress) {
  const std::vector<macro::EconomicEvent> missing = macro::EventsMissingActual(events, pair);
  if (missing.empty()) return;
  progress.Warn(absl::StrCat(missing.size(), " events have no figure though later ones of their ",
                             "name have, first ", missing.front().currency, " '",
                             missing.front().name, "' at ", TimeWord(missing.front().time),
                             ": one that was moved counts at its old time too (docs/macro.md)"));
}

// The messages of macro data say what to do where the backend has none of it.
absl::Status WithAdvice(const absl::Status& status) {
  if (!absl::IsUnimplemented(status)) return status;
  return absl::UnimplementedError(
      absl::StrCat(status.message(), ": give --fundamentals and --events, or --no-macro"));
}

// Once, however many data sets a file is for.
void TellOnce(std::vector<std::string>& texts, DatasetProgress& progress) {
  for (const std::string& text : texts) progress.Warn(text);
  texts.clear();
}

}  // namespace

absl::StatusOr<std::unique_ptr<DatasetSources>> DatasetSources::Open(const DatasetOptions& options,
                                                                     const DatasetPlan& plan,
                                                                     Console& console) {
  std::unique_ptr<DatasetSources> sources(new DatasetSources(options, console));
  AIFX_ASSIGN_OR_RETURN(sources->files_, ReadMacroFiles(options));
  if (!options.csv.empty()) {
    const dataset::DatasetSpec& spec = plan.datasets.front();  // of a file it is the only one
    AIFX_ASSIGN_OR_RETURN(sources->context_, ReadContextFiles(options.context, *spec.set,
                                                              &spec.pair, absl::InfiniteFuture()));
    return sources;
  }
  AIFX_ASSIGN_OR_RETURN(sources->backend_, TrainingBackend::Open(options.backend, console,
                                                                 http::Priority::kBackground));
  return sources;
}

absl::StatusOr<DatasetCandles> DatasetSources::ReadCandlesFile(const dataset::DatasetSpec& spec,
                                                               absl::Time to) {
  DatasetCandles read;
  std::vector<CandleLine> lines;
  AIFX_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(options_.csv));
  AIFX_ASSIGN_OR_RETURN(const auto candles,
                        ParseCandlesCsv(text, options_.csv, spec.pair.PipSize(), &lines));
  for (size_t i = 0; i < candles.size(); ++i) {
    if (candles[i].open_time >= to) continue;
    read.candles.push_back(candles[i]);
    read.lines.push_back(lines[i].number);
  }
  return read;
}

absl::StatusOr<std::vector<market::Candle>> DatasetSources::ReadCandles(
    const dataset::DatasetSpec& spec, absl::Time from, absl::Time to,
    const base::CallContext& context) {
  std::vector<market::Candle> before;
  if (from > absl::InfinitePast()) {
    // Closed by then: everything that opened before `from`.
    const absl::Time as_of = std::min(
        console_.clock.Now(), from + market::TimeframeDuration(spec.timeframe) - absl::Seconds(1));
    AIFX_ASSIGN_OR_RETURN(
        before, backend_->candles().Newest(spec.pair, spec.timeframe,
                                           spec.set->CandlesWanted(spec.sequence), as_of, context));
    std::erase_if(before, [&](const auto& candle) { return candle.open_time >= from; });
  }
  AIFX_ASSIGN_OR_RETURN(const auto candles,
                        backend_->candles().Range(spec.pair, spec.timeframe, from, to, context));
  before.insert(before.end(), candles.begin(), candles.end());
  return before;
}

absl::StatusOr<DatasetCandles> DatasetSources::Candles(const dataset::DatasetSpec& spec,
                                                       absl::Time from, absl::Time to,
                                                       const base::CallContext& context) {
  DatasetCandles read;
  if (backend_ == nullptr) {
    AIFX_ASSIGN_OR_RETURN(read, ReadCandlesFile(spec, to));
  } else {
    AIFX_ASSIGN_OR_RETURN(read.candles, ReadCandles(spec, from, to, context));
  }
  std::vector<market::Candle>& candles = read.candles;
  const absl::Time now = console_.clock.Now();
  market::DropInProgress(spec.timeframe, now, candles);
  // The same candles before the first row, whatever the source has: recursive columns depend on
  // where the series starts.
  const auto first = std::find_if(candles.begin(), candles.end(),
                                  [&](const auto& candle) { return candle.open_time >= from; });
  const auto before = static_cast<size_t>(first - candles.begin());
  read.first = std::min(before, spec.set->CandlesWanted(spec.sequence) - 1);
  const auto too_old = static_cast<ptrdiff_t>(before - read.first);
  candles.erase(candles.begin(), candles.begin() + too_old);
  if (!read.lines.empty()) read.lines.erase(read.lines.begin(), read.lines.begin() + too_old);
  return read;
}

absl::StatusOr<std::vector<features::OwnedContextSeries>> DatasetSources::Context(
    const dataset::DatasetSpec& spec, absl::Span<const market::Candle> candles,
    DatasetProgress& progress, const base::CallContext& context) {
  const absl::Time first = candles.front().open_time, last = candles.back().open_time;
  std::vector<features::OwnedContextSeries> others = context_;
  for (features::OwnedContextSeries& series : others) {
    // As from the backend. What opens no later than a closed candle has closed itself.
    std::erase_if(series.candles, [&](const market::Candle& candle) {
      return candle.open_time < first || candle.open_time > last;
    });
  }
  if (backend_ != nullptr) {
    for (const market::CurrencyPair& pair : spec.set->ContextPairs(spec.pair)) {
      AIFX_ASSIGN_OR_RETURN(
          auto series,
          backend_->candles().Range(pair, spec.timeframe, first, last + absl::Seconds(1), context));
      others.push_back({pair, std::move(series)});
    }
  }
  const auto warn = [&](const std::string& text) { progress.Warn(text); };
  for (features::OwnedContextSeries& series : others) {
    AIFX_RETURN_IF_ERROR(
        CheckSeries(series.pair, spec.timeframe, options_.allow_bad_data, warn, series.candles));
  }
  return others;
}

absl::StatusOr<std::optional<macro::FundamentalFeatures>> DatasetSources::Fundamentals(
    const market::CurrencyPair& pair, absl::Time to, DatasetProgress& progress,
    const base::CallContext& context) {
  TellOnce(files_.record_warnings, progress);
  if (!files_.records.has_value() && !macro_from_backend()) return std::nullopt;
  const std::set<std::string> countries = {macro::CountryOf(pair.base()),
                                           macro::CountryOf(pair.quote())};
  std::vector<macro::FundamentalRecord> records = files_.records.value_or(decltype(records)());
  if (!files_.records.has_value()) {
    auto read =
        backend::MacroClient(backend_->client().channel())
            .Fundamentals({.countries = {countries.begin(), countries.end()}, .end = to}, context);
    if (!read.ok()) return WithAdvice(read.status());
    records = *std::move(read);
  }
  const bool any = std::any_of(records.begin(), records.end(), [&](const auto& record) {
    return countries.count(record.country) > 0;
  });
  if (!any)
    progress.Warn(absl::StrCat("no fundamental data of ", pair.ToString(), ": all missing"));
  AIFX_ASSIGN_OR_RETURN(auto features, macro::FundamentalFeatures::Create(pair, records));
  return features;
}

absl::StatusOr<std::optional<macro::EventFeatures>> DatasetSources::Events(
    const market::CurrencyPair& pair, absl::Time to, DatasetProgress& progress,
    const base::CallContext& context) {
  TellOnce(files_.event_warnings, progress);
  if (!files_.events.has_value() && !macro_from_backend()) return std::nullopt;
  std::vector<macro::EconomicEvent> events = files_.events.value_or(decltype(events)());
  if (!files_.events.has_value()) {
    auto read =
        backend::MacroClient(backend_->client().channel())
            .Events({.currencies = {pair.base(), pair.quote()}, .end = to + kSchedule}, context);
    if (!read.ok()) return WithAdvice(read.status());
    events = *std::move(read);
  }
  const bool any = std::any_of(events.begin(), events.end(), [&](const auto& event) {
    return event.currency == pair.base() || event.currency == pair.quote();
  });
  if (!any) progress.Warn(absl::StrCat("no events of ", pair.ToString(), ": all missing"));
  WarnOfMovedEvents(events, pair, progress);
  AIFX_ASSIGN_OR_RETURN(auto features, macro::EventFeatures::Create(pair, events));
  return features;
}

dataset::Provenance DatasetSources::provenance(const dataset::DatasetSpec& spec) const {
  const std::string backend = "backend", rest = macro_from_backend() ? backend : "";
  std::vector<std::string> context;
  if (backend_ != nullptr && !spec.set->ContextPairs(spec.pair).empty()) {
    context.push_back(backend);
  }
  for (const std::string& word : options_.context) {
    context.push_back(absl::StrCat(word.substr(0, word.find('=')), "=",
                                   FileName(word.substr(word.find('=') + 1))));
  }
  return {.candles = options_.csv.empty() ? backend : FileName(options_.csv),
          .context = absl::StrJoin(context, ", "),
          .fundamentals = files_.records.has_value() ? FileName(options_.fundamentals) : rest,
          .events = files_.events.has_value() ? FileName(options_.events) : rest};
}

}  // namespace aifx::cli
