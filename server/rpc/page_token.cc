#include "server/rpc/page_token.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/sha256.h"
#include "core/base/violation.h"

namespace aifx::rpc {
namespace {

std::string FilterHash(absl::string_view filter) { return base::Sha256Hex(filter).substr(0, 16); }

}  // namespace

std::string MakePageToken(int64_t offset, absl::string_view filter) {
  return absl::WebSafeBase64Escape(absl::StrCat(offset, ":", FilterHash(filter)));
}

absl::StatusOr<int64_t> OffsetOfPageToken(const std::string& token, absl::string_view filter) {
  if (token.empty()) return 0;
  std::string text;
  int64_t offset = -1;
  std::vector<std::string> parts;
  if (absl::WebSafeBase64Unescape(token, &text)) parts = absl::StrSplit(text, ':');
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &offset) || offset < 0) {
    return base::InvalidArgument({{"page_token", "page_token is not one that this server made"}});
  }
  if (parts[1] != FilterHash(filter)) {
    return base::InvalidArgument(
        {{"page_token", "page_token belongs to a request with other filters"}});
  }
  return offset;
}

}  // namespace aifx::rpc
