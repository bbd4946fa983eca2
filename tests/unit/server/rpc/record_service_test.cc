
#include "server/rpc/record_service.h"

#include "tests/unit/server/rpc/service_fixture.h"

namespace aifx::rpc {
namespace {

class RecordServiceTest : public ServiceTest {};

TEST_F(RecordServiceTest, RecordsGoThroughThePorts) {
  ml::v1::UpdateOutcomeRequest outcome;
  outcome.set_prediction_id("0b7c7ff6-5d8c-4d2c-9b44-0f3f3f0e8a11");
  outcome.set_outcome(ml::v1::OUTCOME_WIN);
  outcome.set_pnl_pips(1);
  outcome.set_pnl_percent(1);
  ml::v1::UpdateOutcomeResponse updated;
  ASSERT_TRUE(records_->UpdateOutcome(&context_, outcome, &updated).ok());
  EXPECT_EQ(updated.duration().seconds(), 5400);
  EXPECT_EQ(updated.outcome(), ml::v1::OUTCOME_WIN);

  grpc::ClientContext list_context, accuracy_context, failing_context;
  ml::v1::ListPredictionsResponse list;
  ASSERT_TRUE(records_->ListPredictions(&list_context, {}, &list).ok());
  EXPECT_EQ(list.total_size(), 2);
  EXPECT_NE(list.next_page_token(), "");
  ml::v1::GetAccuracyResponse accuracy;
  ASSERT_TRUE(records_->GetAccuracy(&accuracy_context, {}, &accuracy).ok());
  EXPECT_EQ(accuracy.overall().win_rate_percent(), 66.7);
  EXPECT_EQ(accuracy.outcome_distribution().wins(), 2);

  sink_.status = absl::UnavailableError("the backend does not answer");
  const grpc::Status failed = records_->GetAccuracy(&failing_context, {}, &accuracy);
  EXPECT_EQ(failed.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(failed.error_message(), "the backend does not answer");
}

}  // namespace
}  // namespace aifx::rpc
