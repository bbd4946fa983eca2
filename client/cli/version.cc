#include "client/cli/version.h"

#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"

namespace aifx::cli {

std::string VersionText() {
  return absl::StrCat("aifx ", AIFX_VERSION, " (", AIFX_GIT_REVISION, ")\nLibTorch ",
                      AIFX_LIBTORCH_VERSION, "\ngRPC ", grpc::Version());
}

}  // namespace aifx::cli
