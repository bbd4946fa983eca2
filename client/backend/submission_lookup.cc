#include "client/backend/submission_lookup.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/backend/record_json.h"
#include "client/backend/values.h"
#include "core/base/status_macros.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

constexpr int64_t kPage = 100;  // the most that the backend gives at a time
constexpr absl::Duration kSlack = absl::Minutes(5);

struct Page {
  int64_t rows = 0;
  int64_t total = 0;
  absl::Time oldest = absl::InfiniteFuture();
};

absl::StatusOr<json> FetchPage(const Channel& channel, int64_t offset,
                               const base::CallContext& context) {
  Call call{.route = {"GET", "/predictions", "looking up submissions"}};
  call.query = {{"limit", absl::StrCat(kPage)}, {"offset", absl::StrCat(offset)}};
  // A hundred rows with their technical data are more than another reply may have.
  call.max_response_bytes = channel.config().max_page_bytes;
  return channel.Send(call, context);
}

// Notes the rows whose request_id is in `ids`. A row seen on the page before as well (it moved when
// a new one was stored) counts once.
absl::StatusOr<Page> ReadPage(const json& data, const std::set<std::string>& ids,
                              LookupResult& result) {
  ObjectReader reader(data, "data");
  const json& rows = reader.Array("predictions");
  ObjectReader pagination(reader.Object("pagination"), "pagination");
  Page page{.rows = static_cast<int64_t>(rows.size()), .total = pagination.Integer("total")};
  AIFX_RETURN_IF_ERROR(reader.status());
  AIFX_RETURN_IF_ERROR(pagination.status());
  for (size_t i = 0; i < rows.size(); ++i) {
    ObjectReader row(rows[i], "predictions", i);
    page.oldest = std::min(page.oldest, row.Timestamp("createdAt"));
    AIFX_RETURN_IF_ERROR(row.status());
    const std::string request_id = absl::AsciiStrToLower(ClientRequestIdOf(rows[i]));
    if (!ids.contains(request_id)) continue;
    const std::string id = RowIdOf(rows[i]);
    if (id.empty()) return NonsenseError(absl::StrCat("predictions[", i, "] has no id"));
    std::vector<std::string>& found = result.found[request_id];
    if (std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
  }
  return page;
}

}  // namespace

absl::Time EarliestCreation(const Sought& sought, std::optional<absl::Duration> clock_offset,
                            absl::Time now) {
  const bool jumped_back = sought.sent_at > now && !sought.sent_at_backend.has_value();
  if (!clock_offset.has_value() || jumped_back) return absl::InfinitePast();
  return std::min(sought.sent_at + *clock_offset,
                  sought.sent_at_backend.value_or(absl::InfiniteFuture())) -
         kSlack;
}

LookupResult SubmissionLookup::Find(const std::vector<Sought>& sought,
                                    const base::CallContext& context) const {
  LookupResult result;
  std::set<std::string> ids;
  for (const Sought& one : sought) ids.insert(absl::AsciiStrToLower(one.request_id));
  int64_t seen = 0;
  int64_t total = 0;
  while (true) {
    if (context.IsCancelled() || clock_.Now() >= context.deadline) {
      result.status = absl::DeadlineExceededError(
          absl::StrCat("the look-up was ended after ", seen, " of ", total, " predictions"));
      return result;
    }
    const absl::StatusOr<json> data = FetchPage(channel_, seen, context);
    absl::StatusOr<Page> page = data.ok() ? ReadPage(*data, ids, result) : data.status();
    // A row that was deleted moves others to pages already read: they would be missed.
    if (page.ok() && seen > 0 && page->total < total) {
      page = absl::AbortedError("predictions were deleted during the look-up");
      result.seen_back_to = absl::InfiniteFuture();
    }
    if (!page.ok()) {
      result.status = page.status();
      return result;
    }
    result.clock_offset = channel_.clock_offset();
    seen += page->rows;
    total = page->total;
    if (seen >= total) {
      result.seen_back_to = absl::InfinitePast();
      return result;
    }
    if (page->rows == 0) {
      result.status =
          NonsenseError(absl::StrCat("an empty page although ", total, " predictions are told of"));
      return result;
    }
    result.seen_back_to = std::min(result.seen_back_to, page->oldest);
    const absl::Time now = clock_.Now();
    const bool enough = std::all_of(sought.begin(), sought.end(), [&](const Sought& one) {
      return EarliestCreation(one, result.clock_offset, now) > result.seen_back_to;
    });
    if (enough) return result;
  }
}

}  // namespace aifx::backend
