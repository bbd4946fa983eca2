#include "client/cli/version.h"

#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "core/base/build_info.h"

namespace aifx::cli {

std::string VersionText() {
  return absl::StrCat("aifx ", base::ProjectVersion(), " (git ", base::GitRevision(),
                      ")\nLibTorch ", AIFX_LIBTORCH_VERSION, "\ngRPC ", grpc::Version());
}

}  // namespace aifx::cli
