#ifndef AIFX_CORE_BASE_BUILD_INFO_H_
#define AIFX_CORE_BASE_BUILD_INFO_H_

#include <string>

namespace aifx::base {

// The project's version, such as "0.1.0".
std::string ProjectVersion();

// What was built: 12 digits of the git revision, `-dirty` where files were changed since, "unknown"
// outside a repository. Its target, aifx_core_build_info, is linked by the programs only.
std::string GitRevision();

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_BUILD_INFO_H_
