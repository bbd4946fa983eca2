#include "server/rpc/token_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/constant_time.h"
#include "core/base/sha256.h"
#include "core/base/status_macros.h"

namespace aifx::rpc {
namespace {

constexpr size_t kDigestDigits = 64;

bool IsDigest(absl::string_view text) {
  return text.size() == kDigestDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
}

}  // namespace

absl::StatusOr<TokenTable::Entry> TokenTable::EntryFromLine(absl::string_view line) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  if (words.size() != 3) {
    return absl::InvalidArgumentError(absl::StrCat(
        "has ", words.size(), " words instead of a name, scopes and the token's SHA-256"));
  }
  Entry entry;
  entry.holder.name = std::string(words[0]);
  AIFX_ASSIGN_OR_RETURN(entry.holder.scopes, ScopesFromText(words[1]));
  if (!IsDigest(words[2])) {
    return absl::InvalidArgumentError(
        "its third word is not a SHA-256 (64 hexadecimal digits): make it with "
        "`printf %s TOKEN | sha256sum`");
  }
  entry.digest = absl::AsciiStrToLower(words[2]);
  return entry;
}

absl::StatusOr<TokenTable> TokenTable::FromText(absl::string_view text) {
  TokenTable table;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    absl::StatusOr<Entry> entry = EntryFromLine(line);
    if (!entry.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, " ", entry.status().message()));
    }
    table.entries_.push_back(*std::move(entry));
  }
  if (table.entries_.empty()) return absl::InvalidArgumentError("names no token");
  return table;
}

const TokenTable::Holder* TokenTable::Find(absl::string_view token) const {
  const std::string digest = base::Sha256Hex(token);
  const Holder* found = nullptr;
  for (const Entry& entry : entries_) {
    if (base::EqualInConstantTime(entry.digest, digest)) found = &entry.holder;
  }
  return found;
}

}  // namespace aifx::rpc
