#ifndef AIFX_CORE_BASE_REPLACE_FOLDER_H_
#define AIFX_CORE_BASE_REPLACE_FOLDER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace aifx::base {

// The second half of StagingFolder, for file systems that cannot exchange two names.

// What a replaced folder is called while the new one takes its place: this behind the new one's
// own name.
inline constexpr absl::string_view kReplacedSuffix = ".replaced";

// Makes the folder `from` the folder `target`, in two renames: what is at `target` is called
// `from`.replaced in between, and locked (flock), so that no other process takes it for abandoned;
// then it is removed. Where the second rename fails the old folder is back at `target`, and the
// error is the file system's; it names the old folder's place where even that failed.
absl::Status ReplaceFolder(const std::string& from, const std::string& target);

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_REPLACE_FOLDER_H_
