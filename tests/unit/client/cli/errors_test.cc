#include "client/cli/errors.h"

#include <gmock/gmock.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/unit/client/cli/captured_console.h"

namespace aifx::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

grpc::Status WithDetails(grpc::StatusCode code, const std::string& message) {
  google::rpc::Status wire;
  google::rpc::BadRequest bad_request;
  for (const char* field : {"pair", "series.candles[17].high"}) {
    auto* violation = bad_request.add_field_violations();
    violation->set_field(field);
    violation->set_description(std::string("wrong ") + field);
  }
  wire.add_details()->PackFrom(bad_request);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  wire.add_details()->PackFrom(retry);
  google::rpc::ErrorInfo info;
  info.set_reason("SOME_REASON");
  wire.add_details()->PackFrom(info);
  return grpc::Status(code, message, wire.SerializeAsString());
}

TEST(ErrorsTest, ShowsCodeEveryViolationAndWhenToTryAgain) {
  CapturedConsole captured;
  const int exit_code =
      ReportError("predict", WithDetails(grpc::StatusCode::INVALID_ARGUMENT, "two faults"), {},
                  captured.console);
  EXPECT_EQ(exit_code, kUsage);
  EXPECT_EQ(captured.err.str(),
            "aifx: predict: INVALID_ARGUMENT: two faults\n"
            "  pair: wrong pair\n"
            "  series.candles[17].high: wrong series.candles[17].high\n"
            "  what to do: try again in 2 s\n");
}

TEST(ErrorsTest, TellsAnUnreachableServerFromAServerWhoseBackendIsDown) {
  CapturedConsole unreachable, backend_down;
  const ServerOptions server{.address = "10.0.0.1:50051"};
  EXPECT_EQ(ReportError("x", grpc::Status(grpc::StatusCode::UNAVAILABLE, "no connection"), server,
                        unreachable.console),
            kUnreachable);
  EXPECT_THAT(unreachable.err.str(), HasSubstr("is aifx-server running at 10.0.0.1:50051?"));
  ReportError("x", WithDetails(grpc::StatusCode::UNAVAILABLE, "the backend is down"), server,
              backend_down.console);
  EXPECT_THAT(backend_down.err.str(), Not(HasSubstr("is aifx-server running")));
}

}  // namespace
}  // namespace aifx::cli
