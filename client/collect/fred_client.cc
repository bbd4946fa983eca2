#include "client/collect/fred_client.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/http/url.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::collect {
namespace {

// FRED's first and last day: between them lie all vintages.
constexpr absl::CivilDay kFirstDay(1776, 7, 4);
constexpr absl::CivilDay kLastDay(9999, 12, 31);
// Before it, FRED has no vintages: where halving starts.
constexpr absl::CivilDay kFirstVintage(1927, 1, 1);
constexpr size_t kMaxPageBytes = size_t{64} << 20;
constexpr char kTooManyVintages[] = "FRED_TOO_MANY_VINTAGES";

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// The rows of two adjoining periods: FRED cuts a value that holds in both at the seam.
std::vector<FredObservation> Join(std::vector<FredObservation> before,
                                  const std::vector<FredObservation>& after, absl::CivilDay seam) {
  std::map<absl::CivilDay, size_t> open;  // date -> row that reaches the seam
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i].realtime_end == seam - 1) open[before[i].date] = i;
  }
  for (const FredObservation& row : after) {
    const auto found = open.find(row.date);
    const bool goes_on = row.realtime_start == seam && found != open.end() &&
                         before[found->second].value == row.value;
    if (goes_on) {
      before[found->second].realtime_end = row.realtime_end;
    } else {
      before.push_back(row);
    }
  }
  return before;
}

absl::Status RefusalOf(const http::HttpResponse& response, absl::string_view series) {
  const std::string said = FredErrorMessage(response.body);
  const std::string message = absl::StrCat("FRED refuses series ", series, " with HTTP ",
                                           response.status, said.empty() ? "" : ": ", said);
  if (http::Retrier::IsTransientStatus(response)) return absl::UnavailableError(message);
  const absl::Status status = absl::FailedPreconditionError(message);
  return IsTooManyVintages(said) ? base::WithReason(status, kTooManyVintages) : status;
}

}  // namespace

FredClient::FredClient(FredOptions options, http::HttpClient& client, base::Clock& clock,
                       http::UniformSource uniform)
    : options_(std::move(options)),
      clock_(clock),
      paced_(client, clock, options_.max_requests, absl::Minutes(1)),
      retrier_(paced_, clock, std::move(uniform), options_.retry) {}

absl::StatusOr<std::unique_ptr<FredClient>> FredClient::Create(FredOptions options,
                                                               http::HttpClient& client,
                                                               base::Clock& clock,
                                                               http::UniformSource uniform) {
  if (options.api_key.empty()) {
    return absl::InvalidArgumentError(
        "FRED_API_KEY is not set: ask for a key at https://fredaccount.stlouisfed.org/apikeys");
  }
  AIFX_ASSIGN_OR_RETURN(const http::BaseUrl url, http::ParseBaseUrl(options.base_url));
  options.base_url = url.text;
  return std::unique_ptr<FredClient>(
      new FredClient(std::move(options), client, clock, std::move(uniform)));
}

absl::StatusOr<std::vector<FredObservation>> FredClient::Vintages(
    const std::string& series, std::optional<absl::CivilDay> start,
    std::optional<absl::CivilDay> end, const base::CallContext& context) {
  return Period({series, start, end, kFirstDay, kLastDay}, context);
}

absl::StatusOr<std::vector<FredObservation>> FredClient::Period(const Query& query,
                                                                const base::CallContext& context) {
  std::vector<FredObservation> rows;
  while (true) {
    absl::StatusOr<FredPage> page = Page(query, static_cast<int64_t>(rows.size()), context);
    if (!page.ok() && base::ReasonOf(page.status()) == kTooManyVintages) {
      return Halves(query, context);
    }
    if (!page.ok()) return page.status();
    rows.insert(rows.end(), page->observations.begin(), page->observations.end());
    if (static_cast<int64_t>(rows.size()) >= page->count) return rows;
    if (page->observations.empty()) {
      return absl::InternalError(absl::StrCat("FRED's answer makes no sense: ", page->count,
                                              " observations of ", query.series, ", but none from ",
                                              rows.size(), " on"));
    }
  }
}

absl::StatusOr<std::vector<FredObservation>> FredClient::Halves(const Query& query,
                                                                const base::CallContext& context) {
  const absl::CivilDay today = absl::ToCivilDay(clock_.Now(), absl::UTCTimeZone());
  const absl::CivilDay low = std::max(query.realtime_start, kFirstVintage);
  const absl::CivilDay high = std::min(query.realtime_end, today);
  const absl::CivilDay seam = low + (high - low) / 2 + 1;
  if (high <= low) {
    return absl::InternalError(
        absl::StrCat("FRED has too many vintages of ", query.series, " on ", Text(low)));
  }
  Query half = query;
  half.realtime_end = seam - 1;
  AIFX_ASSIGN_OR_RETURN(std::vector<FredObservation> before, Period(half, context));
  half = query;
  half.realtime_start = seam;
  AIFX_ASSIGN_OR_RETURN(const std::vector<FredObservation> after, Period(half, context));
  return Join(std::move(before), after, seam);
}

absl::StatusOr<FredPage> FredClient::Page(const Query& query, int64_t offset,
                                          const base::CallContext& context) {
  http::Query parameters = {{"series_id", query.series},
                            {"api_key", options_.api_key},
                            {"file_type", "json"},
                            {"output_type", "1"},
                            {"realtime_start", Text(query.realtime_start)},
                            {"realtime_end", Text(query.realtime_end)},
                            {"limit", absl::StrCat(options_.page_size)},
                            {"offset", absl::StrCat(offset)}};
  if (query.start.has_value()) parameters.emplace_back("observation_start", Text(*query.start));
  if (query.end.has_value()) parameters.emplace_back("observation_end", Text(*query.end));
  const http::HttpRequest request{
      .method = "GET",
      .url = absl::StrCat(options_.base_url, "/fred/series/observations",
                          http::QueryString(parameters)),
      .max_response_bytes = kMaxPageBytes};
  const absl::StatusOr<http::HttpResponse> response = retrier_.SendIdempotent(request, context);
  if (!response.ok()) return WithoutKey(response.status());
  if (response->status == 200) return ParseFredPage(response->body);
  return WithoutKey(RefusalOf(*response, query.series));
}

absl::Status FredClient::WithoutKey(const absl::Status& status) const {
  absl::Status clean(status.code(),
                     absl::StrReplaceAll(status.message(), {{options_.api_key, "(key)"}}));
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { clean.SetPayload(url, payload); });
  return clean;
}

}  // namespace aifx::collect
