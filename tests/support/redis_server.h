#ifndef AIFX_TESTS_SUPPORT_REDIS_SERVER_H_
#define AIFX_TESTS_SUPPORT_REDIS_SERVER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/support/child_process.h"

namespace aifx::testing {

// A real redis-server on that port of 127.0.0.1, which keeps nothing; returns once it takes
// connections. Its files, should it write any, go into `folder`; `more` are further arguments.
// Unavailable where it does not start.
absl::StatusOr<ChildProcess> StartRedisServer(int port, const std::string& folder,
                                              const std::vector<std::string>& more = {});

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_REDIS_SERVER_H_
