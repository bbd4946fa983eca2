#include "server/ops/grpc_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/ops/health_service.h"
#include "tests/support/status_matchers.h"

namespace aifx::ops {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

TEST(StartGrpcServerTest, PicksAFreePort) {
  HealthService health;
  ASSERT_OK_AND_ASSIGN(GrpcServer server, StartGrpcServer({.port = 0}, {&health}));
  EXPECT_GT(server.port, 0);
}

TEST(StartGrpcServerTest, RefusesAPortThatIsTaken) {
  HealthService first_health, second_health;
  ASSERT_OK_AND_ASSIGN(GrpcServer first, StartGrpcServer({.port = 0}, {&first_health}));
  EXPECT_THAT(StartGrpcServer({.port = first.port}, {&second_health}),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr(absl::StrCat("127.0.0.1:", first.port, ": the port is taken"))));
}

}  // namespace
}  // namespace aifx::ops
