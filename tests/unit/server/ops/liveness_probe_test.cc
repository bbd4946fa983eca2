#include "server/ops/liveness_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/ops/grpc_server.h"
#include "server/ops/health_service.h"
#include "tests/support/loopback_socket.h"
#include "tests/support/raw_http_server.h"
#include "tests/support/status_matchers.h"

namespace aifx::ops {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

constexpr absl::Duration kTimeout = absl::Seconds(10);

TEST(LivenessProbeTest, AServerThatAnswersIsLiveWhateverItsHealth) {
  HealthService health;
  ASSERT_OK_AND_ASSIGN(GrpcServer server, StartGrpcServer({.port = 0}, {&health}));
  EXPECT_OK(ProbeGrpcServer({.port = server.port}, kTimeout));  // no status: NOT_FOUND
  health.SetServing("", true);
  EXPECT_OK(ProbeGrpcServer({.port = server.port}, kTimeout));
  health.Drain();
  EXPECT_OK(ProbeGrpcServer({.port = server.port}, kTimeout));
  EXPECT_OK(ProbeGrpcServer({.host = "0.0.0.0", .port = server.port}, kTimeout));
}

TEST(LivenessProbeTest, AnswersWithoutAHealthServiceToo) {
  ASSERT_OK_AND_ASSIGN(GrpcServer server, StartGrpcServer({.port = 0}, {}));
  EXPECT_OK(ProbeGrpcServer({.port = server.port}, kTimeout));  // UNIMPLEMENTED
}

TEST(LivenessProbeTest, NobodyListens) {
  const int bound = testing::BoundSocket(0);
  EXPECT_THAT(ProbeGrpcServer({.port = testing::PortOf(bound)}, kTimeout),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("refused")));
  close(bound);
}

// As gRPC after it ran out of descriptors: the kernel takes the connection, nobody answers it.
TEST(LivenessProbeTest, AListenerThatNoLongerAccepts) {
  const int listener = testing::BoundSocket(0);
  ASSERT_EQ(listen(listener, 8), 0);
  EXPECT_THAT(ProbeGrpcServer({.port = testing::PortOf(listener)}, absl::Milliseconds(50)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("no answer in time")));
  close(listener);
}

TEST(LivenessProbeTest, WhatIsNotGrpcIsNotLive) {
  testing::RawHttpServer closes({{{"", testing::RawHttpServer::Then::kClose}}});
  EXPECT_THAT(ProbeGrpcServer({.port = closes.port()}, kTimeout),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("closed")));
  testing::RawHttpServer http1(
      {{{"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", testing::RawHttpServer::Then::kClose}}});
  EXPECT_THAT(ProbeGrpcServer({.port = http1.port()}, kTimeout),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("not HTTP/2")));
}

}  // namespace
}  // namespace aifx::ops
