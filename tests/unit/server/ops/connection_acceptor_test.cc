// Connections through the acceptor, on the real gRPC server.
#include "server/ops/connection_acceptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "server/ops/grpc_server.h"
#include "server/ops/health_service.h"
#include "tests/support/loopback_socket.h"
#include "tests/support/status_matchers.h"

namespace aifx::ops {
namespace {

constexpr int kPatienceMs = 10'000;

// Whether the server closed the connection (as against keeping it) once it has said something.
bool IsClosed(const FileDescriptor& connection) {
  char bytes[1024];
  while (true) {
    pollfd watched = {connection.get(), POLLIN, 0};
    if (poll(&watched, 1, kPatienceMs) != 1) return false;
    const ssize_t got = recv(connection.get(), bytes, sizeof(bytes), MSG_DONTWAIT);
    if (got <= 0) return true;
    return false;  // gRPC's SETTINGS: it was taken
  }
}

class ConnectionAcceptorTest : public ::testing::Test {
 protected:
  void Start(int max_connections) {
    auto started = StartGrpcServer({.max_connections = max_connections}, {&health_});
    ASSERT_OK(started);
    server_ = *std::move(started);
    health_.SetServing("", true);
  }
  FileDescriptor Connect() const { return FileDescriptor(testing::ConnectLoopback(server_.port)); }
  // A client that waits connects again where it is turned away.
  grpc::Status Check(bool waits = false) const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 10);
    const auto stub = grpc::health::v1::Health::NewStub(grpc::CreateCustomChannel(
        absl::StrCat("127.0.0.1:", server_.port), grpc::InsecureChannelCredentials(), arguments));
    grpc::ClientContext context;
    context.set_wait_for_ready(waits);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    grpc::health::v1::HealthCheckResponse response;
    return stub->Check(&context, {}, &response);
  }

  HealthService health_;
  GrpcServer server_;
};

TEST_F(ConnectionAcceptorTest, TurnsAwayWhatIsTooManyAndTakesTheNextOnceThereIsRoom) {
  Start(2);
  FileDescriptor first = Connect(), second = Connect();
  EXPECT_FALSE(IsClosed(first));
  EXPECT_FALSE(IsClosed(second));
  EXPECT_TRUE(IsClosed(Connect()));
  EXPECT_EQ(server_.connections->GetStats().refused, 1);
  first.Close();
  second.Close();
  // gRPC learns of it a moment later, and of the end of these too; a client connects again until it
  // is let in.
  while (IsClosed(Connect())) {
  }
  EXPECT_TRUE(Check(true).ok());
}

TEST_F(ConnectionAcceptorTest, ServesAgainAfterTheProcessRanOutOfDescriptors) {
  Start(1000);
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  std::vector<FileDescriptor> connections;
  for (int i = 0; i < 40; ++i) connections.push_back(Connect());
  for (const FileDescriptor& each : connections) EXPECT_FALSE(IsClosed(each));
  // From here on the process may open nothing: all numbers below the limit are taken. More than one
  // are left to be filled, because a look at the backlog takes the lowest for a moment.
  rlimit exhausted = before;
  exhausted.rlim_cur = static_cast<rlim_t>(FileDescriptor(dup(0)).get()) + 64;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &exhausted), 0);
  std::vector<FileDescriptor> fill;
  for (int fd = dup(0); fd >= 0; fd = dup(0)) fill.emplace_back(fd);
  fill.pop_back();  // one descriptor for the client's end; none for the server's
  EXPECT_TRUE(IsClosed(Connect()));
  EXPECT_GE(server_.connections->GetStats().out_of_descriptors, 1);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(Check().ok());
}

TEST_F(ConnectionAcceptorTest, StoppedItTakesNobody) {
  Start(10);
  EXPECT_TRUE(Check().ok());
  server_.connections->Stop();
  EXPECT_LT(testing::ConnectLoopback(server_.port), 0);
}

}  // namespace
}  // namespace aifx::ops
