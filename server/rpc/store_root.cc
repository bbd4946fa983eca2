#include "server/rpc/store_root.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace aifx::rpc {

std::string WithoutRoot(absl::string_view text, const std::string& root) {
  return absl::StrReplaceAll(text, {{absl::StrCat(root, "/"), ""}});
}

absl::Status WithoutRoot(const absl::Status& status, const std::string& root) {
  if (status.ok()) return status;
  absl::Status clean(status.code(), WithoutRoot(status.message(), root));
  status.ForEachPayload(
      [&](absl::string_view type, const absl::Cord& payload) { clean.SetPayload(type, payload); });
  return clean;
}

}  // namespace aifx::rpc
