// What all lists have in common, shown on signals and models.
#include "client/backend/rows.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "client/backend/ab_tests.h"
#include "client/backend/model_catalog.h"
#include "client/http/http_failure.h"
#include "core/base/violation.h"
#include "tests/unit/client/backend/backend_fixture.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::StatusIs;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class RowsTest : public BackendTest {
 protected:
  // A page of A/B tests with these ids.
  void PushIds(const std::vector<std::string>& ids, int64_t total, bool has_more = false) {
    json rows = json::array();
    for (const std::string& id : ids) rows.push_back({{"id", id}});
    PushData(
        json{{"tests", rows}, {"pagination", {{"total", total}, {"hasMore", has_more}}}}.dump());
  }
  absl::StatusOr<Page<AbTest>> List(int64_t limit, int64_t offset = 0) {
    return AbTestClient(client_->channel()).List({.limit = limit, .offset = offset}, {});
  }
  static std::vector<std::string> Ids(const Page<AbTest>& page) {
    std::vector<std::string> ids;
    for (const AbTest& test : page.rows) ids.push_back(test.id);
    return ids;
  }
  std::string Url(size_t request) { return http_.requests()[request].url; }
};

TEST_F(RowsTest, PagesByTotalAndByWhatCameWhateverHasMoreSays) {
  PushIds({"a", "b"}, 3, /*has_more=*/false);
  PushIds({"c"}, 3, /*has_more=*/true);
  ASSERT_OK_AND_ASSIGN(const Page<AbTest> page, List(250));
  EXPECT_THAT(Ids(page), ElementsAre("a", "b", "c"));
  EXPECT_EQ(page.received, 3);
  EXPECT_THAT(http_.requests(), SizeIs(2));
  EXPECT_THAT(Url(0), EndsWith("?limit=100&offset=0"));
  EXPECT_THAT(Url(1), EndsWith("?limit=100&offset=2"));
}

TEST_F(RowsTest, NothingAlthoughTheTotalPromisesMoreIsAnError) {
  PushIds({"a"}, 9);
  PushIds({}, 9);
  EXPECT_THAT(List(100), StatusIs(absl::StatusCode::kUnavailable,
                                  HasSubstr("do not agree: total 9 tests, but none from number 2 "
                                            "on: try again")));
}

TEST_F(RowsTest, RowsThatVanishMeanwhileAreNoError) {
  PushIds({"a"}, 9);
  PushIds({}, 1);
  ASSERT_OK_AND_ASSIGN(const Page<AbTest> page, List(100));
  EXPECT_THAT(Ids(page), ElementsAre("a"));
  EXPECT_EQ(page.total, 1);
}

TEST_F(RowsTest, AsksForNoMoreThanTheLimitAndTakesNoMore) {
  PushIds({"a", "b"}, 9);
  PushIds({"c", "d", "e"}, 9);  // more than asked for
  ASSERT_OK_AND_ASSIGN(const Page<AbTest> page, List(3, 5));
  EXPECT_THAT(Ids(page), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Url(0), EndsWith("?limit=3&offset=5"));
  EXPECT_THAT(Url(1), EndsWith("?limit=1&offset=7"));
}

TEST_F(RowsTest, ARowThatIsAddedMeanwhileDoublesNone) {
  PushIds({"c", "b"}, 3);
  PushIds({"b", "a"}, 4);  // "d" came before them
  ASSERT_OK_AND_ASSIGN(const Page<AbTest> page, List(100));
  EXPECT_THAT(Ids(page), ElementsAre("c", "b", "a"));
  EXPECT_EQ(page.received, 4);
}

TEST_F(RowsTest, AsksForSmallerPagesWhereOneIsTooLarge) {
  const absl::Status too_large =
      http::WithHttpFailure(absl::ResourceExhaustedError("too large"), {.reply_too_large = true});
  http_.Push(too_large);
  http_.Push(too_large);
  PushIds({"a"}, 1);
  ASSERT_OK(List(100));
  EXPECT_THAT(Url(2), EndsWith("?limit=25&offset=0"));
  for (int i = 0; i < 5; ++i) http_.Push(too_large);  // 100, 50, 25, 12, 10
  EXPECT_THAT(List(100), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("too large")));
}

TEST_F(RowsTest, OddRowsAreCountedAndLoggedOnceACall) {
  PushData(R"({"tests":[{"id":7},{"id":"b"},"odd",null],"pagination":{"total":4}})");
  ASSERT_OK_AND_ASSIGN(const Page<AbTest> page, List(100));
  EXPECT_THAT(Ids(page), ElementsAre("b"));
  EXPECT_EQ(page.skipped, 3);
  EXPECT_EQ(page.received, 4);
  EXPECT_THAT(logger_.text(), AllOf(HasSubstr("skipped=3"),
                                    HasSubstr("first=the backend's answer makes no sense: "
                                              "tests[0].id is 7"),
                                    Not(HasSubstr("tests[2]"))));
}

TEST_F(RowsTest, AnAnswerThatIsNoListIsAnError) {
  for (const char* data : {R"({})", R"({"tests":{}, "pagination":{"total":0}})", R"({"tests":[]})",
                           R"([])", "null", R"({"tests":[],"pagination":{"total":"many"}})"}) {
    PushData(data);
    EXPECT_THAT(List(1), StatusIs(absl::StatusCode::kInternal, HasSubstr("makes no sense")))
        << data;
  }
}

TEST_F(RowsTest, RefusalsComeInBothShapesAndARouteThatIsMissingIsNamed) {
  const char* const kShapes[] = {
      R"({"success":false,"data":null,"error":{"code":"%s","message":"no"},"metadata":{}})",
      R"({"success":false,"data":null,"error":"no","code":"%s","timestamp":"t"})"};
  for (const std::string shape : kShapes) {
    const auto body = [&](const std::string& code) {
      return std::string(shape).replace(shape.find("%s"), 2, code);
    };
    http_.PushJson(400, body("INVALID_STATUS"));
    const auto refused = List(1);
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument,
                                  AllOf(HasSubstr("400 INVALID_STATUS"), HasSubstr("no"))));
    EXPECT_EQ(base::ReasonOf(refused.status()), "INVALID_STATUS");
    http_.PushJson(404, body("ROUTE_NOT_FOUND"));
    EXPECT_THAT(List(1), StatusIs(absl::StatusCode::kUnimplemented,
                                  AllOf(HasSubstr("http://backend.test:3000 has no route GET "
                                                  "/models/ab-tests"),
                                        HasSubstr("listing A/B tests will not work"))));
  }
}

TEST_F(RowsTest, CarriesDeadlineCancellationAndRequestId) {
  PushIds({}, 0);
  const base::CallContext context{.request_id = "req-1"};
  ASSERT_OK(AbTestClient(client_->channel()).List({}, context));
  EXPECT_THAT(http_.requests()[0].headers,
              ::testing::Contains(std::pair<std::string, std::string>("X-Request-Id", "req-1")));
  http_.Push(absl::DeadlineExceededError("late"));
  EXPECT_THAT(AbTestClient(client_->channel()).List({}, {.deadline = clock_.Now()}),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("late")));
  http_.Push(absl::CancelledError("gone"));
  EXPECT_THAT(List(1), StatusIs(absl::StatusCode::kCancelled, HasSubstr("gone")));
}

}  // namespace
}  // namespace aifx::backend
