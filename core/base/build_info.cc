#include "core/base/build_info.h"

#include "aifx_git_revision.h"

namespace aifx::base {

std::string ProjectVersion() { return AIFX_VERSION; }
std::string GitRevision() { return AIFX_GIT_REVISION; }

}  // namespace aifx::base
