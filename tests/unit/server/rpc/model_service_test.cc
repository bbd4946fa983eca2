#include "server/rpc/model_service.h"

#include <gmock/gmock.h>

#include "tests/unit/server/rpc/model_service_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ModelServiceTest, ListsNewestVersionsFirstWithStateAndReason) {
  ml::v1::ListModelsResponse response;
  ASSERT_TRUE(List({}, response).ok());
  ASSERT_EQ(response.models_size(), 3);
  EXPECT_EQ(response.models(0).version(), kNew);
  EXPECT_EQ(response.models(0).state(), ml::v1::MODEL_STATE_DISCOVERED);
  EXPECT_FALSE(response.models(0).active());
  EXPECT_EQ(response.models(1).version(), kOld);
  EXPECT_EQ(response.models(1).state(), ml::v1::MODEL_STATE_READY);
  EXPECT_TRUE(response.models(1).active());
  EXPECT_EQ(response.models(1).backend_id(), "backend-7");
  EXPECT_EQ(response.models(1).pair(), "EUR/USD");
  EXPECT_EQ(response.models(2).state(), ml::v1::MODEL_STATE_FAILED);
  EXPECT_THAT(response.models(2).error().message(),
              AllOf(HasSubstr("model.pt is damaged"), Not(HasSubstr(folder_.path()))));
}

TEST_F(ModelServiceTest, PagesThroughTheList) {
  ml::v1::ListModelsRequest request;
  request.set_page_size(2);
  ml::v1::ListModelsResponse first, second;
  ASSERT_TRUE(List(request, first).ok());
  EXPECT_EQ(first.models_size(), 2);
  request.set_page_token(first.next_page_token());
  ASSERT_TRUE(List(request, second).ok());
  ASSERT_EQ(second.models_size(), 1);
  EXPECT_EQ(second.models(0).name(), "gbpusd-1h");
  EXPECT_EQ(second.next_page_token(), "");
  request.set_name("eurusd-1h");  // the token belongs to another list
  EXPECT_EQ(List(request, second).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ModelServiceTest, GetsTheActiveVersionInFull) {
  ml::v1::GetModelResponse response;
  ASSERT_TRUE(Get("eurusd-1h", 0, response).ok());
  EXPECT_EQ(response.model().version(), kOld);
  EXPECT_THAT(response.manifest().classes(), ElementsAre("sell", "hold", "buy"));
  EXPECT_EQ(response.manifest().candles_needed(),
            static_cast<int64_t>(features::DefaultFeatureSet().CandlesNeeded(4)));
  EXPECT_EQ(response.manifest().files().count("model.pt"), 1u);
  EXPECT_EQ(
      response.metrics().fields().at("gate").struct_value().fields().at("log_loss").number_value(),
      0.69);
  EXPECT_TRUE(response.golden_check().passed());
}

TEST_F(ModelServiceTest, NamesWhatIsNotThere) {
  ml::v1::GetModelResponse response;
  ASSERT_TRUE(Get("eurusd-1h", kNew, response).ok());
  EXPECT_FALSE(response.golden_check().has_passed());
  const grpc::Status version = Get("eurusd-1h", 5, response);
  EXPECT_EQ(version.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(version.error_message(), HasSubstr("\"eurusd-1h\" has no version 5"));
  EXPECT_EQ(Get("other", 0, response).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Get("", 0, response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace aifx::rpc
