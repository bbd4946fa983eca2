#include "client/backend/model_catalog.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "client/backend/ab_tests.h"
#include "tests/unit/client/backend/backend_fixture.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::StatusIs;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class ModelCatalogTest : public BackendTest {
 protected:
  ModelCatalog models() { return ModelCatalog(client_->channel()); }
  AbTestClient ab_tests() { return AbTestClient(client_->channel()); }
};

TEST_F(ModelCatalogTest, ListsWithFiltersInEitherNaming) {
  PushData(R"({"models":[
      {"id":"a","name":"eurusd","version":"1","description":null,"modelType":"lstm",
       "status":"deployed","isActive":true,"trainedAt":"2018-06-12T10:00:00.000Z",
       "hyperparameters":{"hidden":64},"trainingMetrics":"{}"},
      {"modelId":"b","modelName":"eurusd","version":"2","isActive":"false"},
      {"id":"c"}],"pagination":{"total":"3"}})");
  ASSERT_OK_AND_ASSIGN(
      const Page<ModelVersion> page,
      models().List({.name = "eurusd & co", .status = "deployed", .is_active = true, .limit = 9},
                    {}));
  EXPECT_THAT(
      http_.requests()[0].url,
      EndsWith(
          "/models?modelName=eurusd%20%26%20co&status=deployed&isActive=true&limit=9&offset=0"));
  ASSERT_THAT(page.rows, SizeIs(2));
  EXPECT_EQ(page.skipped, 1);
  EXPECT_EQ(page.rows[0].status, "deployed");
  EXPECT_TRUE(page.rows[0].is_active);
  EXPECT_EQ(page.rows[0].trained_at, At(2018, 6, 12, 10));
  EXPECT_EQ(page.rows[0].hyperparameters, json({{"hidden", 64}}));
  EXPECT_EQ(page.rows[0].training_metrics, json("{}"));
  EXPECT_EQ(page.rows[1].id, "b");
  EXPECT_FALSE(page.rows[1].is_active);
}

TEST_F(ModelCatalogTest, GetsOneByItsId) {
  PushData(R"({"id":"a","name":"eurusd","version":"1"})");
  ASSERT_OK_AND_ASSIGN(const ModelVersion model, models().Get("a/b", {}));
  EXPECT_THAT(http_.requests()[0].url, EndsWith("/models/a%2Fb"));
  EXPECT_EQ(model.name, "eurusd");
  PushFailure(404, "MODEL_NOT_FOUND", "no such model");
  EXPECT_THAT(models().Get("x", {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("404 MODEL_NOT_FOUND")));
  PushData(R"({"id":"a","version":"1"})");
  EXPECT_THAT(models().Get("a", {}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("data.name is missing")));
}

TEST_F(ModelCatalogTest, ChangesOnlyWhatIsGiven) {
  PushData(R"({"modelId":"a","isActive":true})");
  EXPECT_THAT(models().Update("a", {.status = "retired"}, {}), IsOkAndHolds(true));
  EXPECT_EQ(http_.requests()[0].method, "PUT");
  EXPECT_THAT(http_.requests()[0].url, EndsWith("/models/a/status"));
  EXPECT_EQ(json::parse(http_.requests()[0].body), json({{"status", "retired"}}));
  PushData("{}");
  EXPECT_THAT(models().Update("a", {.status = "", .is_active = false}, {}), IsOkAndHolds(false));
  EXPECT_EQ(json::parse(http_.requests()[1].body), json({{"isActive", false}}));
}

TEST_F(ModelCatalogTest, CreatesAnAbTestOnce) {
  PushData(R"({"testId":"t","status":"running"})", 201);
  const AbTestSpec spec{.name = "new", .model_a_id = "a", .model_b_id = "b", .traffic_split = 20};
  ASSERT_OK_AND_ASSIGN(const AbTest test, ab_tests().Create(spec, {}));
  EXPECT_EQ(test.id, "t");
  EXPECT_EQ(test.status, "running");
  EXPECT_THAT(http_.requests()[0].url, EndsWith("/models/ab-test"));
  EXPECT_EQ(json::parse(http_.requests()[0].body),
            json({{"name", "new"}, {"modelAId", "a"}, {"modelBId", "b"}, {"trafficSplit", 20.0}}));
  http_.Push(absl::UnavailableError("reset"));
  EXPECT_THAT(ab_tests().Create(spec, {}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("reset")));
  EXPECT_THAT(http_.requests(), SizeIs(2));
}

TEST_F(ModelCatalogTest, AnOlderBackendTakesTheListOfAbTestsForAModel) {
  PushFailure(404, "MODEL_NOT_FOUND", "no model has the id ab-tests");
  EXPECT_THAT(ab_tests().List({}, {}),
              StatusIs(absl::StatusCode::kUnimplemented,
                       AllOf(HasSubstr("http://backend.test:3000"),
                             HasSubstr("no route GET /models/ab-tests"),
                             HasSubstr("listing A/B tests will not work"))));
}

TEST_F(ModelCatalogTest, ListsAbTestsInEitherNumberForm) {
  for (const char* split : {"\"30.00\"", "30"}) {
    PushData(absl::StrCat(R"({"tests":[{"id":"t","name":"n","modelAId":"a","modelBId":"b",
        "trafficSplit":)",
                          split, R"(,"targetMetric":null,"status":"running",
        "createdAt":"2018-06-12T10:00:00.000Z"}],"pagination":{"total":1}})"));
    ASSERT_OK_AND_ASSIGN(const Page<AbTest> page, ab_tests().List({.status = "running"}, {}));
    ASSERT_THAT(page.rows, SizeIs(1));
    EXPECT_EQ(page.rows[0].spec.traffic_split, 30);
    EXPECT_EQ(page.rows[0].spec.target_metric, "");
    EXPECT_EQ(page.rows[0].created_at, At(2018, 6, 12, 10));
  }
  EXPECT_THAT(http_.requests()[0].url,
              EndsWith("/models/ab-tests?status=running&limit=100&offset=0"));
}

}  // namespace
}  // namespace aifx::backend
