// What is wrong with the files of TLS is said at the start; tests/integration/wire_safety_test.py
// serves with good ones.
#include "server/ops/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::ops {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

TEST(ServerTlsCredentialsTest, NamesTheFileThatCannotBeRead) {
  testing::TemporaryFolder folder;
  EXPECT_THAT(ServerTlsCredentials(
                  {.certificate = folder.path() + "/none.pem", .key = folder.path() + "/none.key"},
                  absl::UnixEpoch())
                  .status(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("none.pem")));
}

}  // namespace
}  // namespace aifx::ops
