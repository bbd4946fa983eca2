#ifndef AIFX_SERVER_RPC_PAGE_TOKEN_H_
#define AIFX_SERVER_RPC_PAGE_TOKEN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::rpc {

// An opaque token for the page that begins at `offset` of the list that `filter` (any text that
// identifies the query) selects.
std::string MakePageToken(int64_t offset, absl::string_view filter);

// The offset; 0 for an empty token. InvalidArgument (page_token) for a damaged token and for one of
// another query.
absl::StatusOr<int64_t> OffsetOfPageToken(const std::string& token, absl::string_view filter);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_PAGE_TOKEN_H_
