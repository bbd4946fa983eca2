#include "server/rpc/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/base/violation.h"
#include "google/rpc/error_details.pb.h"
#include "server/rpc/page_token.h"
#include "tests/support/status_matchers.h"

namespace aifx::rpc {
namespace {

using ::testing::HasSubstr;
using testing::IsOkAndHolds;
using ::testing::Not;
using testing::StatusIs;

template <typename Message>
Message DetailOf(const google::rpc::Status& status) {
  Message message;
  for (const auto& detail : status.details()) {
    if (detail.UnpackTo(&message)) return message;
  }
  ADD_FAILURE() << "no " << Message::descriptor()->full_name();
  return message;
}

TEST(StatusTest, CarriesEveryViolation) {
  const grpc::Status status =
      ToGrpcStatus(base::InvalidArgument({{"a", "a is bad"}, {"b", "b is bad"}}), "r1");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.message(), status.error_message());
  const auto request = DetailOf<google::rpc::BadRequest>(details);
  ASSERT_EQ(request.field_violations_size(), 2);
  EXPECT_EQ(request.field_violations(1).field(), "b");
  EXPECT_EQ(request.field_violations(1).description(), "b is bad");
  const auto info = DetailOf<google::rpc::ErrorInfo>(details);
  EXPECT_EQ(info.reason(), "INVALID_ARGUMENT");
  EXPECT_EQ(info.domain(), "aifx");
  EXPECT_EQ(info.metadata().at("request_id"), "r1");
}

TEST(StatusTest, CarriesReasonAndRetryDelay) {
  const auto status =
      ToRpcStatus(base::WithRetryAfter(
                      base::WithReason(absl::ResourceExhaustedError("full"), "QUEUE_FULL"), 1.25),
                  "r1");
  EXPECT_EQ(status.code(), 8);
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).reason(), "QUEUE_FULL");
  const auto retry = DetailOf<google::rpc::RetryInfo>(status);
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 250'000'000);
}

TEST(StatusTest, HidesWhatWasNotWrittenForCallers) {
  for (const absl::Status& status :
       {absl::InternalError("/srv/models/x broke"), absl::UnknownError("/srv"),
        absl::DataLossError("/srv/models/x is damaged")}) {
    const grpc::Status seen = ToGrpcStatus(status, "r1");
    EXPECT_EQ(static_cast<int>(seen.error_code()), static_cast<int>(status.code()));
    EXPECT_THAT(seen.error_message(), HasSubstr("r1"));
    EXPECT_THAT(seen.error_details(), Not(HasSubstr("/srv")));
  }
  const auto meant = base::WithReason(absl::InternalError("answered HTML"), "BACKEND_NOT_JSON");
  EXPECT_EQ(ToGrpcStatus(meant, "r1").error_message(), "answered HTML");
}

// Clients refuse more than 8 KiB of trailers: base64 of the details and the message must fit.
TEST(StatusTest, ManyViolationsStillFitIntoATrailer) {
  std::vector<base::FieldViolation> violations;
  for (int i = 0; i < 5000; ++i) {
    violations.push_back({absl::StrCat("series.candles[", i, "].high"), std::string(200, 'x')});
  }
  const grpc::Status status = ToGrpcStatus(base::InvalidArgument(violations), "r1");
  EXPECT_LT(status.error_details().size() * 4 / 3 + status.error_message().size(), 7500u);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  const auto request = DetailOf<google::rpc::BadRequest>(details);
  const int shown = request.field_violations_size() - 1;
  EXPECT_GT(shown, 5);
  EXPECT_EQ(request.field_violations(shown).description(),
            absl::StrCat("and ", 5000 - shown, " more"));
}

TEST(PageTokenTest, BelongsToItsQuery) {
  const std::string token = MakePageToken(150, "EUR/USD|1");
  EXPECT_THAT(OffsetOfPageToken(token, "EUR/USD|1"), IsOkAndHolds(150));
  EXPECT_THAT(OffsetOfPageToken("", "x"), IsOkAndHolds(0));
  EXPECT_THAT(OffsetOfPageToken(token, "EUR/USD|2"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("other filters")));
  for (const char* bad : {"!", "AAAA", "LTE6eA=="}) {
    EXPECT_THAT(OffsetOfPageToken(bad, "x"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("page_token")));
  }
}

}  // namespace
}  // namespace aifx::rpc
