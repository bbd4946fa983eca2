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
#include "tests/support/tls_server.h"

namespace aifx::ops {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

constexpr absl::Duration kTimeout = absl::Seconds(10);

absl::Status Probe(int port, bool tls = false) {
  return ProbeGrpcServer({.address = {.port = port}, .tls = tls}, kTimeout);
}

TEST(LivenessProbeTest, AServerThatAnswersIsLiveWhateverItsHealth) {
  HealthService health;
  ASSERT_OK_AND_ASSIGN(GrpcServer server, StartGrpcServer({.port = 0}, {&health}));
  EXPECT_OK(Probe(server.port));  // no status: NOT_FOUND
  health.SetServing("", true);
  EXPECT_OK(Probe(server.port));
  health.Drain();
  EXPECT_OK(Probe(server.port));
  EXPECT_OK(ProbeGrpcServer({.address = {"0.0.0.0", server.port}}, kTimeout));
}

TEST(LivenessProbeTest, AnswersWithoutAHealthServiceToo) {
  ASSERT_OK_AND_ASSIGN(GrpcServer server, StartGrpcServer({.port = 0}, {}));
  EXPECT_OK(Probe(server.port));  // UNIMPLEMENTED
}

TEST(LivenessProbeTest, NobodyListens) {
  const int bound = testing::BoundSocket(0);
  EXPECT_THAT(Probe(testing::PortOf(bound)),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("refused")));
  close(bound);
}

// As gRPC after it ran out of descriptors: the kernel takes the connection, nobody answers it.
TEST(LivenessProbeTest, AListenerThatNoLongerAccepts) {
  const int listener = testing::BoundSocket(0);
  ASSERT_EQ(listen(listener, 8), 0);
  EXPECT_THAT(
      ProbeGrpcServer({.address = {.port = testing::PortOf(listener)}}, absl::Milliseconds(50)),
      StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("no answer in time")));
  close(listener);
}

TEST(LivenessProbeTest, WithTlsTheFirstRecordIsEnough) {
  const testing::TlsServer server("localhost");
  EXPECT_OK(Probe(server.port(), /*tls=*/true));
  ASSERT_OK_AND_ASSIGN(GrpcServer plaintext, StartGrpcServer({.port = 0}, {}));
  EXPECT_THAT(Probe(plaintext.port, /*tls=*/true),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("not TLS")));
  const int listener = testing::BoundSocket(0);
  ASSERT_EQ(listen(listener, 8), 0);
  EXPECT_THAT(ProbeGrpcServer({.address = {.port = testing::PortOf(listener)}, .tls = true},
                              absl::Milliseconds(50)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("no answer in time")));
  close(listener);
}

TEST(LivenessProbeTest, WhatIsNotGrpcIsNotLive) {
  testing::RawHttpServer closes({{{"", testing::RawHttpServer::Then::kClose}}});
  EXPECT_THAT(Probe(closes.port()),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("no room")));
  testing::RawHttpServer http1({{{"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
                                  testing::RawHttpServer::Then::kClose}}});
  EXPECT_THAT(Probe(http1.port()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("not HTTP/2")));
}

}  // namespace
}  // namespace aifx::ops
