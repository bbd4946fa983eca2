#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "tests/unit/client/backend/backend_fixture.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::StatusIs;
using nlohmann::json;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class ModelsTest : public BackendTest {
 protected:
  training::ModelRegistration registration_{.model_name = "eurusd",
                                            .version = "20180615210000",
                                            .algorithm = "lstm",
                                            .hyperparameters = {{"hidden", 64}},
                                            .training_metrics = {{"loss", 0.6}},
                                            .training_data_info = nullptr,
                                            .description = "weekly"};
};

TEST_F(ModelsTest, RegistersOnce) {
  PushData(absl::StrCat(R"({"modelId":")", kBackendId, R"(","isActive":false})"), 201);
  EXPECT_THAT(client_->Register(registration_, {}), IsOkAndHolds(kBackendId));
  EXPECT_THAT(http_.requests()[0].url, EndsWith("/models/version"));
  EXPECT_EQ(json::parse(http_.requests()[0].body),
            json::parse(R"({"modelName":"eurusd","version":"20180615210000","algorithm":"lstm",
                "hyperparameters":{"hidden":64},"trainingMetrics":{"loss":0.6},
                "trainingDataInfo":{},"description":"weekly"})"));
  PushFailure(409, "VERSION_EXISTS", "exists");
  EXPECT_THAT(client_->Register(registration_, {}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("VERSION_EXISTS")));
  http_.Push(absl::UnavailableError("reset"));
  EXPECT_THAT(client_->Register(registration_, {}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("reset")));
  EXPECT_THAT(http_.requests(), SizeIs(3));
}

TEST_F(ModelsTest, SetsTheStatus) {
  PushFailure(503, "BUSY", "later");
  PushData("{}");
  ASSERT_OK(client_->SetStatus(kBackendId, "deployed", true, {}));
  ASSERT_THAT(http_.requests(), SizeIs(2));
  EXPECT_EQ(http_.requests()[1].method, "PUT");
  EXPECT_THAT(http_.requests()[1].url, EndsWith(absl::StrCat("/models/", kBackendId, "/status")));
  EXPECT_EQ(json::parse(http_.requests()[1].body),
            json::parse(R"({"status":"deployed","isActive":true})"));
}

TEST_F(ModelsTest, FindsAVersionOnALaterPage) {
  PushData(R"({"models":[{"id":"a","name":"eurusd","version":"1"},
                         {"id":"b","name":"eurusd-old","version":"2"}],"pagination":{"total":3}})");
  PushData(R"({"models":[{"id":"c","name":"eurusd","version":"2"}],"pagination":{"total":3}})");
  EXPECT_THAT(client_->FindVersion("eurusd", "2", {}), IsOkAndHolds("c"));
  EXPECT_THAT(http_.requests()[1].url, EndsWith("/models?modelName=eurusd&limit=100&offset=2"));
  PushData(R"({"models":[{"id":7},{"id":"d","name":"eurusd","version":"3"}],
              "pagination":{"total":2}})");
  EXPECT_THAT(client_->FindVersion("eurusd", "3", {}), IsOkAndHolds("d"));
  PushData(R"({"models":[],"pagination":{"total":0}})");
  EXPECT_THAT(client_->FindVersion("eurusd", "9", {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("version 9 of model eurusd")));
}

TEST_F(ModelsTest, LogsATrainingSession) {
  PushData(R"({"logId":"x"})", 201);
  training::TrainingSession session{.model_version = "20180615210000",
                                    .training_type = "full",
                                    .data_start = At(2018, 1, 1),
                                    .data_end = At(2018, 6, 15, 21),
                                    .num_samples = 1000,
                                    .train_loss = 0.6,
                                    .train_accuracy = 0.55,
                                    .train_samples = 800,
                                    .validation_loss = 0.65,
                                    .validation_accuracy = 0.52,
                                    .validation_samples = 200,
                                    .hyperparameters = {{"hidden", 64}},
                                    .duration = absl::Milliseconds(61500),
                                    .notes = "n"};
  ASSERT_OK(client_->Log(kBackendId, session, {}));
  EXPECT_THAT(http_.requests()[0].url,
              EndsWith(absl::StrCat("/models/", kBackendId, "/training-logs")));
  EXPECT_EQ(json::parse(http_.requests()[0].body), json::parse(R"({
      "modelVersion":"20180615210000","trainingType":"full",
      "dataStartDate":"2018-01-01T00:00:00.000Z","dataEndDate":"2018-06-15T21:00:00.000Z",
      "numSamples":1000,"trainingMetrics":{"loss":0.6,"accuracy":0.55,"trainSamples":800},
      "validationMetrics":{"loss":0.65,"accuracy":0.52,"valSamples":200},
      "hyperparameters":{"hidden":64},"duration":62,"notes":"n"})"));
}

}  // namespace
}  // namespace aifx::backend
