#include "client/backend/rows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/backend/values.h"
#include "client/http/http_failure.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

// Below this a page is not made smaller, however large its rows are.
constexpr int64_t kSmallestPage = 10;

struct RowPage {
  json rows;  // an array
  int64_t total = 0;
};

absl::StatusOr<RowPage> FetchPage(const Channel& channel, const ListCall& list, int64_t offset,
                                  int64_t limit, const base::CallContext& context) {
  Call call{.route = list.route, .query = list.query};
  call.query.emplace_back("limit", absl::StrCat(limit));
  call.query.emplace_back("offset", absl::StrCat(offset));
  call.max_response_bytes = channel.config().max_page_bytes;
  AIFX_ASSIGN_OR_RETURN(const json data, channel.Send(call, context));
  ObjectReader reader(data, "data");
  RowPage page{.rows = reader.Array(list.rows.c_str())};
  ObjectReader pagination(reader.Object("pagination"), "pagination");
  page.total = pagination.Integer("total");
  AIFX_RETURN_IF_ERROR(reader.status());
  AIFX_RETURN_IF_ERROR(pagination.status());
  return page;
}

void WarnOfSkipped(const Channel& channel, const ListCall& list, const RowCount& count,
                   const absl::Status& first, const base::CallContext& context) {
  channel.logger().Warning("rows of the backend make no sense and are left out",
                           {{"route", absl::StrCat(list.route.method, " ", list.route.path)},
                            {"skipped", absl::StrCat(count.skipped)},
                            {"received", absl::StrCat(count.received)},
                            {"first", std::string(first.message())},
                            {"request_id", context.request_id}});
}

}  // namespace

absl::StatusOr<RowCount> ReadRows(
    const Channel& channel, const ListCall& call, int64_t offset, int64_t limit,
    const std::function<absl::Status(const json& row, size_t index)>& take,
    const base::CallContext& context) {
  RowCount count;
  absl::Status first_problem;
  int64_t page_size = call.page_size;
  while (count.received < limit) {
    const int64_t wanted = std::min(page_size, limit - count.received);
    const absl::StatusOr<RowPage> page =
        FetchPage(channel, call, offset + count.received, wanted, context);
    if (!page.ok()) {
      const bool too_large = http::HttpFailureOf(page.status()).reply_too_large;
      if (!too_large || wanted <= kSmallestPage) return page.status();
      page_size = std::max(wanted / 2, kSmallestPage);
      continue;
    }
    count.shrank |= count.received > 0 && page->total < count.total;
    count.total = page->total;
    for (const json& row : page->rows) {
      if (count.received == limit) break;  // more than asked for
      absl::Status taken = take(row, static_cast<size_t>(count.received++));
      if (taken.ok()) continue;
      if (count.skipped++ == 0) first_problem = std::move(taken);
    }
    if (offset + count.received >= count.total) break;
    if (page->rows.empty()) {
      return absl::UnavailableError(
          absl::StrCat("the backend's answers do not agree: total ", count.total, " ", call.rows,
                       ", but none from number ", offset + count.received + 1, " on: try again"));
    }
  }
  if (count.skipped > 0) WarnOfSkipped(channel, call, count, first_problem, context);
  return count;
}

}  // namespace aifx::backend
