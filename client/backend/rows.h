#ifndef AIFX_CLIENT_BACKEND_ROWS_H_
#define AIFX_CLIENT_BACKEND_ROWS_H_

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "client/backend/channel.h"
#include "core/base/status_macros.h"

namespace aifx::backend {

// A route whose answer is an array of rows and a `pagination`.
struct ListCall {
  Route route;
  std::string rows;  // the array's member of `data`: "signals"
  http::Query query = {};
  int64_t page_size = 1000;  // rows asked for at a time
};

// What reading rows came to.
struct RowCount {
  int64_t received = 0;  // rows that the backend sent, the skipped ones included
  int64_t skipped = 0;   // of these, rows that make no sense
  int64_t total = 0;     // matching rows, as the newest page says
  bool shrank = false;   // `total` fell between two pages: rows may have moved past unseen
};

// Up to `limit` rows from `offset` on, page by page, until as many came as the backend's `total`
// says: `hasMore` is not looked at, and rows that vanish meanwhile lower `total`. A page too large
// for one answer is asked for in smaller ones. A row that `take` refuses is skipped and counted;
// one warning a call names the first. Errors are those of Channel::Send, INTERNAL for an answer
// that is not a list, and UNAVAILABLE for an empty page before as many rows came as the same page's
// `total` says.
absl::StatusOr<RowCount> ReadRows(
    const Channel& channel, const ListCall& call, int64_t offset, int64_t limit,
    const std::function<absl::Status(const nlohmann::json& row, size_t index)>& take,
    const base::CallContext& context);

// Rows of a list, in the backend's order.
template <typename T>
struct Page {
  std::vector<T> rows;
  int64_t total = 0;     // matching rows, over all pages
  int64_t received = 0;  // rows the backend sent: the next page begins at offset + received
  int64_t skipped = 0;   // of these, rows left out because they make no sense
};

// ReadRows into values. A row whose `id` came before, because others were added in front of it
// while pages were read, is left out.
template <typename T>
absl::StatusOr<Page<T>> ReadPage(const Channel& channel, const ListCall& call, int64_t offset,
                                 int64_t limit,
                                 absl::StatusOr<T> (*parse)(const nlohmann::json& row,
                                                            size_t index),
                                 const base::CallContext& context) {
  Page<T> page;
  absl::flat_hash_set<std::string> seen;
  const auto take = [&](const nlohmann::json& row, size_t index) -> absl::Status {
    AIFX_ASSIGN_OR_RETURN(T value, parse(row, index));
    if (seen.insert(value.id).second) page.rows.push_back(std::move(value));
    return absl::OkStatus();
  };
  AIFX_ASSIGN_OR_RETURN(const RowCount count,
                        ReadRows(channel, call, offset, limit, take, context));
  page.total = count.total;
  page.received = count.received;
  page.skipped = count.skipped;
  return page;
}

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_ROWS_H_
