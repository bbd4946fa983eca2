#include "client/backend/macro_client.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/backend/macro_json.h"
#include "client/backend/rows.h"
#include "client/backend/values.h"
#include "core/base/status_macros.h"
#include "core/macro/impact.h"

namespace aifx::backend {
namespace {

using macro::EconomicEvent;
using macro::FundamentalRecord;
using nlohmann::json;

constexpr int64_t kMaxRows = 1'000'000;
constexpr size_t kMaxBatch = 1000;  // records of one POST
constexpr int kMaxReadings = 3;

void AddRange(const std::optional<absl::Time>& start, const std::optional<absl::Time>& end,
              http::Query& query) {
  if (start.has_value()) query.emplace_back("startDate", FormatTimestamp(*start));
  if (end.has_value()) query.emplace_back("endDate", FormatTimestamp(*end));
}

void AddList(const char* name, const std::vector<std::string>& values, http::Query& query) {
  if (!values.empty()) query.emplace_back(name, absl::StrJoin(values, ","));
}

// Every row once, by its key; of two with the same key the one read last, which is the newer.
template <typename T>
absl::StatusOr<std::vector<T>> ReadAll(const Channel& channel, const ListCall& call,
                                       absl::StatusOr<T> (*parse)(const json& row, size_t index),
                                       const base::CallContext& context) {
  for (int reading = 0; reading < kMaxReadings; ++reading) {
    std::vector<T> rows;
    absl::flat_hash_map<std::string, size_t> position;
    const auto take = [&](const json& row, size_t index) -> absl::Status {
      AIFX_ASSIGN_OR_RETURN(T value, parse(row, index));
      const auto [found, is_new] = position.try_emplace(KeyOf(value), rows.size());
      if (is_new) {
        rows.push_back(std::move(value));
      } else {
        rows[found->second] = std::move(value);
      }
      return absl::OkStatus();
    };
    AIFX_ASSIGN_OR_RETURN(const RowCount count,
                          ReadRows(channel, call, 0, kMaxRows, take, context));
    if (count.received == kMaxRows && count.total > kMaxRows) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the backend has ", count.total, " ", call.rows, " for this query, at most ",
                       kMaxRows, " are read: narrow its time range"));
    }
    if (!count.shrank) return rows;
  }
  return absl::UnavailableError(absl::StrCat(call.rows, " of the backend at ",
                                             channel.config().base_url,
                                             " vanish while they are read: try again later"));
}

// Sends `records` as one batch.
template <typename T>
absl::StatusOr<macro::UpsertCounts> Put(const Channel& channel, const Route& route,
                                        const char* name, const std::vector<T>& records,
                                        json (*to_json)(const T& record),
                                        const base::CallContext& context) {
  if (records.size() > kMaxBatch) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, " has ", records.size(), " entries, at most ", kMaxBatch, " go into one call"));
  }
  if (records.empty()) return macro::UpsertCounts();
  json rows = json::array();
  for (const T& record : records) rows.push_back(to_json(record));
  Call call{.route = route};
  call.body = json{{name, std::move(rows)}};
  AIFX_ASSIGN_OR_RETURN(const json data, channel.Send(call, context));
  ObjectReader reader(data, "data");
  const macro::UpsertCounts counts{.inserted = reader.Integer("inserted"),
                                   .updated = reader.Integer("updated")};
  AIFX_RETURN_IF_ERROR(reader.status());
  return counts;
}

}  // namespace

absl::StatusOr<std::vector<FundamentalRecord>> MacroClient::Fundamentals(
    const macro::FundamentalQuery& query, const base::CallContext& context) {
  ListCall call{.route = {"GET", "/training-data/fundamental", "reading fundamental data"},
                .rows = "fundamentalData"};
  if (!query.indicator.empty()) call.query.emplace_back("indicator", query.indicator);
  AddList("countries", query.countries, call.query);
  AddRange(query.start, query.end, call.query);
  if (query.as_of.has_value()) call.query.emplace_back("asOf", FormatTimestamp(*query.as_of));
  AIFX_ASSIGN_OR_RETURN(std::vector<FundamentalRecord> records,
                        ReadAll(channel_, call, FundamentalOf, context));
  const auto order = [](const FundamentalRecord& record) {
    return std::make_tuple(record.date, record.released_at, record.country, record.indicator);
  };
  std::sort(records.begin(), records.end(),
            [&](const auto& a, const auto& b) { return order(a) < order(b); });
  return records;
}

absl::StatusOr<std::vector<EconomicEvent>> MacroClient::Events(const macro::EventQuery& query,
                                                               const base::CallContext& context) {
  ListCall call{.route = {"GET", "/training-data/economic-events", "reading economic events"},
                .rows = "events"};
  AddList("currency", query.currencies, call.query);
  std::vector<std::string> impacts;
  for (const macro::Impact impact : query.impacts) impacts.emplace_back(macro::ImpactName(impact));
  AddList("impactLevels", impacts, call.query);
  AddRange(query.start, query.end, call.query);
  AIFX_ASSIGN_OR_RETURN(std::vector<EconomicEvent> events,
                        ReadAll(channel_, call, EventOf, context));
  std::sort(events.begin(), events.end(), [](const EconomicEvent& a, const EconomicEvent& b) {
    return std::tie(a.time, a.currency, a.name) < std::tie(b.time, b.currency, b.name);
  });
  return events;
}

absl::StatusOr<macro::UpsertCounts> MacroClient::PutFundamentals(
    const std::vector<FundamentalRecord>& records, const base::CallContext& context) {
  return Put(channel_, {"POST", "/training-data/fundamental", "storing fundamental data"},
             "records", records, FundamentalJson, context);
}

absl::StatusOr<macro::UpsertCounts> MacroClient::PutEvents(const std::vector<EconomicEvent>& events,
                                                           const base::CallContext& context) {
  return Put(channel_, {"POST", "/training-data/economic-events", "storing economic events"},
             "events", events, EventJson, context);
}

}  // namespace aifx::backend
