#ifndef AIFX_SERVER_RPC_TOKEN_TABLE_H_
#define AIFX_SERVER_RPC_TOKEN_TABLE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/rpc/scopes.h"

namespace aifx::rpc {

// The tokens that callers may show, by their SHA-256: the table, like the file that it was read
// from, holds no secret. Immutable and thread-safe.
class TokenTable {
 public:
  // One token a line: a name for people, its scopes with commas between them, and the SHA-256 of
  // the token as 64 hexadecimal digits, separated by white space; `#` begins a comment.
  // InvalidArgument names the line, and never repeats a digest or a token.
  static absl::StatusOr<TokenTable> FromText(absl::string_view text);

  // Who holds `token`, null where nobody does. Compares with every entry in constant time, so that
  // the time it takes tells nothing about how much of a guess was right.
  struct Holder {
    std::string name;
    Scopes scopes;
  };
  const Holder* Find(absl::string_view token) const;

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Holder holder;
    std::string digest;  // 64 lower-case hexadecimal digits
  };
  static absl::StatusOr<Entry> EntryFromLine(absl::string_view line);

  std::vector<Entry> entries_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_TOKEN_TABLE_H_
