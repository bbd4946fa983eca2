#include "client/cli/backend/acceptance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "core/base/log.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/client/cli/backend/deployment.h"

namespace aifx::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class FakeProcessView final : public ProcessView {
 public:
  absl::StatusOr<ProcessSnapshot> Look() override {
    ++looks;
    return snapshot;
  }
  absl::StatusOr<ProcessSnapshot> snapshot = ProcessSnapshot{
      .libraries = {"/lib/libc.so.6", "/lib/libpqueue.so.1"}, .connections = {{"127.0.0.1", 3000}}};
  absl::StatusOr<std::vector<std::string>> LibrariesOfServer() override { return server; }
  absl::StatusOr<std::vector<std::string>> server = std::vector<std::string>{"libc.so.6"};
  int looks = 0;
};

class AcceptanceTest : public ::testing::Test {
 protected:
  std::unique_ptr<backend::BackendClient> Client(const std::string& key) {
    backend::BackendConfig config;
    config.base_url = "http://backend.test:3000";
    config.api_key = key;
    config.retry.max_attempts = 1;
    return backend::BackendClient::Create(
               config, {deployment_.http, clock_, base::NullLogger(), [] { return 0.5; }})
        .value();
  }

  AcceptanceReport Run(int repeat = 0, const std::string& key = Deployment::kKey) {
    const auto client = Client(key);
    const auto stranger = Client("made-up");
    int uuids = 0;
    return RunAcceptance(
        {.url = "http://backend.test:3000",
         .port = 3000,
         .pair = market::CurrencyPair::Parse("EUR/USD").value(),
         .repeat = repeat},
        {.client = *client,
         .stranger = *stranger,
         .process = process_,
         .clock = clock_,
         .new_uuid =
             [&] { return absl::StrCat("10000000-0000-4000-8000-", 100000000000 + ++uuids); },
         .progress = [](const std::string&) {}});
  }

  static std::string Detail(const AcceptanceReport& report, size_t number) {
    return report.checks[number - 1].detail;
  }
  static Verdict VerdictOf(const AcceptanceReport& report, size_t number) {
    return report.checks[number - 1].verdict;
  }

  testing::FakeClock clock_;
  Deployment deployment_{clock_};
  FakeProcessView process_;
};

TEST_F(AcceptanceTest, FourteenChecksPassEachWithItsTime) {
  const AcceptanceReport report = Run();
  ASSERT_THAT(report.checks, SizeIs(14));
  for (const CheckResult& check : report.checks) {
    EXPECT_EQ(check.verdict, Verdict::kPassed) << check.name << ": " << check.detail;
    // Looking for the newest candles of a short series takes two calls.
    const int calls = check.route.empty() ? 0 : (check.name == "market data" ? 2 : 1);
    EXPECT_EQ(check.elapsed, calls * absl::Milliseconds(3)) << check.name;
    EXPECT_THAT(check.request_id, SizeIs(36));
  }
  EXPECT_TRUE(report.AllPassed());
  EXPECT_TRUE(report.answered);
  EXPECT_EQ(Detail(report, 9), "1 signal");
  EXPECT_EQ(Detail(report, 10), "1 trade");
  EXPECT_THAT(Detail(report, 14), HasSubstr("INVALID_API_KEY"));
  EXPECT_THAT(report.optional_features, Each(Field(&OptionalFeature::present, true)));
  EXPECT_THAT(report.times, IsEmpty());
}

TEST_F(AcceptanceTest, MarksWhatItMadeAndRetiresTheModelLast) {
  const AcceptanceReport report = Run();
  std::string bodies;
  for (const nlohmann::json& body : deployment_.bodies) absl::StrAppend(&bodies, body.dump(), "\n");
  EXPECT_THAT(bodies, AllOf(HasSubstr(R"("modelName":"aifx-acceptance-check")"),
                            HasSubstr("Made by `aifx backend check`"),
                            HasSubstr(R"("technicalData":{"source":"aifx backend check"})"),
                            HasSubstr(R"("signal":"hold")"), HasSubstr(R"("confidence":0.01)")));
  EXPECT_EQ(deployment_.seen.back(), "PUT /models/:id/status");
  EXPECT_EQ(deployment_.bodies.back(),
            nlohmann::json({{"status", "retired"}, {"isActive", false}}));
  EXPECT_THAT(report.created, ElementsAre(HasSubstr("retired"), HasSubstr("prediction")));
}

TEST_F(AcceptanceTest, AFailedCheckSaysWhyAndWhatNeedsItIsNotRun) {
  deployment_.Set("POST /models/version", 500, "INTERNAL_ERROR", "Validation error: name");
  const AcceptanceReport report = Run();
  EXPECT_FALSE(report.AllPassed());
  EXPECT_EQ(VerdictOf(report, 2), Verdict::kFailed);
  EXPECT_THAT(Detail(report, 2), HasSubstr("Validation error: name"));
  EXPECT_EQ(VerdictOf(report, 3), Verdict::kNotRun);
  EXPECT_EQ(Detail(report, 4), "needs check 2");
  EXPECT_EQ(VerdictOf(report, 5), Verdict::kPassed);
  EXPECT_EQ(report.PassedCount(), 11);
  EXPECT_THAT(report.created, ElementsAre(HasSubstr("prediction")));
}

TEST_F(AcceptanceTest, AWrongKeyFailsAllButHealthAndTheLastTwo) {
  const AcceptanceReport report = Run(0, "wrong");
  EXPECT_EQ(report.PassedCount(), 3);
  EXPECT_THAT(Detail(report, 2), AllOf(HasSubstr("403 INVALID_API_KEY"), HasSubstr("refuses")));
  EXPECT_THAT(Detail(report, 2), Not(HasSubstr("backend.test")));  // the report has it once
  EXPECT_EQ(VerdictOf(report, 14), Verdict::kPassed);
  EXPECT_TRUE(report.answered);
  EXPECT_THAT(report.optional_features,
              Each(AllOf(Field(&OptionalFeature::present, std::nullopt),
                         Field(&OptionalFeature::detail, "the key is refused"))));
}

TEST_F(AcceptanceTest, AnOutcomeThatIsRefusedIsSaidOfWhatIsLeftBehind) {
  deployment_.Set("PUT /predictions/:id/outcome", 400, "INVALID_OUTCOME", "no");
  const AcceptanceReport report = Run();
  EXPECT_EQ(VerdictOf(report, 6), Verdict::kFailed);
  EXPECT_THAT(report.created, Contains(HasSubstr("1 of which have NO outcome")));
}

TEST_F(AcceptanceTest, ABackendThatTakesAnyKeyFails) {
  deployment_.takes_any_key = true;
  const AcceptanceReport report = Run();
  EXPECT_EQ(VerdictOf(report, 14), Verdict::kFailed);
  EXPECT_THAT(Detail(report, 14), HasSubstr("made up"));
}

TEST_F(AcceptanceTest, ABackendThatGivesNoAnswerIsAskedOnce) {
  deployment_.http.Push(absl::UnavailableError("connection refused"));
  const AcceptanceReport report = Run();
  EXPECT_FALSE(report.answered);
  EXPECT_THAT(report.checks, SizeIs(14));
  EXPECT_EQ(report.PassedCount(), 0);
  EXPECT_THAT(deployment_.http.requests(), SizeIs(1));
  // A proxy that answers for it is an answer.
  deployment_.http.Push(http::HttpResponse{.status = 502, .headers = {}, .body = "<html>"});
  EXPECT_TRUE(Run().answered);
}

TEST_F(AcceptanceTest, RoutesThatAnOlderDeploymentLacksAreNamedAndNeedNotBeThere) {
  for (const char* path : {"/training-data/fundamental", "/training-data/economic-events"}) {
    deployment_.Remove(absl::StrCat("GET ", path));
    deployment_.Remove(absl::StrCat("POST ", path));
  }
  deployment_.Remove("POST /models/ab-test");
  deployment_.Set("GET /models/ab-tests", 404, "MODEL_NOT_FOUND", "no model ab-tests");
  deployment_.data["GET /training-data/market/:pair"] =
      R"({"marketData":[{"timestamp":"2018-06-12T08:00:00.000Z","open":1.1,"high":1.2,
          "low":1.0,"close":1.1}],"pagination":{"total":1}})";
  const AcceptanceReport report = Run();
  EXPECT_TRUE(report.AllPassed());
  ASSERT_THAT(report.optional_features, SizeIs(7));
  EXPECT_THAT(report.optional_features, Each(Field(&OptionalFeature::present, false)));
  EXPECT_EQ(report.optional_features[1].route, "POST /training-data/fundamental");
  EXPECT_EQ(report.optional_features[1].detail, "storing fundamental data will not work");
}

TEST_F(AcceptanceTest, WhatCouldNotBeToldIsNeitherThereNorMissing) {
  deployment_.data["GET /training-data/market/:pair"] =
      R"({"marketData":[],"pagination":{"total":0}})";
  deployment_.Set("GET /models/ab-tests", 503, "BUSY", "later");
  const AcceptanceReport report = Run();
  EXPECT_THAT(Detail(report, 8), HasSubstr("no candles of EUR/USD 1h"));
  EXPECT_TRUE(report.AllPassed());
  EXPECT_EQ(report.optional_features[4].present, std::nullopt);
  EXPECT_EQ(report.optional_features.back().present, std::nullopt);
}

TEST_F(AcceptanceTest, FindsDatabaseClientsAndForeignConnections) {
  process_.snapshot = ProcessSnapshot{.libraries = {"/usr/lib/libpq.so.5"},
                                      .functions = {"PQconnectdb"},
                                      .connections = {{"10.0.0.7", 5432}, {"10.0.0.8", 3000}}};
  const AcceptanceReport report = Run();
  EXPECT_EQ(VerdictOf(report, 13), Verdict::kFailed);
  EXPECT_THAT(Detail(report, 13),
              AllOf(HasSubstr("/usr/lib/libpq.so.5 (PostgreSQL)"), HasSubstr("PQconnectdb"),
                    HasSubstr("10.0.0.7 port 5432"), Not(HasSubstr("10.0.0.8"))));
  EXPECT_GE(process_.looks, 13);  // after every check
  process_.snapshot = ProcessSnapshot();
  process_.server = std::vector<std::string>{"libmariadb.so.3"};
  EXPECT_THAT(Detail(Run(), 13), HasSubstr("libmariadb.so.3 (MariaDB) is needed by aifx-server"));
  process_.server = absl::NotFoundError("no such file");
  EXPECT_THAT(Detail(Run(), 13), HasSubstr("no aifx-server beside aifx"));
  process_.server = absl::InvalidArgumentError("the ELF file is cut short");
  EXPECT_EQ(VerdictOf(Run(), 13), Verdict::kFailed);
  process_.snapshot = absl::UnavailableError("/proc/self/fd cannot be read");
  EXPECT_THAT(Detail(Run(), 13), HasSubstr("cannot be read"));
}

TEST_F(AcceptanceTest, RepeatsEveryRouteAndRetiresEveryVersion) {
  const AcceptanceReport report = Run(/*repeat=*/5);
  ASSERT_THAT(report.times, SizeIs(17));  // of the checks, and five that only read
  for (const RouteTimes& route : report.times) {
    EXPECT_THAT(route.times, AllOf(SizeIs(5), Each(absl::Milliseconds(3)))) << route.route;
    EXPECT_EQ(route.failures, 0);
  }
  int retired = 0;
  for (const nlohmann::json& body : deployment_.bodies) {
    retired += body.is_object() && body.value("status", "") == "retired" ? 1 : 0;
  }
  EXPECT_EQ(retired, 6);
  // Every prediction gets its outcome.
  EXPECT_EQ(std::count(deployment_.seen.begin(), deployment_.seen.end(), "POST /predictions"), 6);
  EXPECT_EQ(
      std::count(deployment_.seen.begin(), deployment_.seen.end(), "PUT /predictions/:id/outcome"),
      6);
  EXPECT_THAT(report.created, Contains(AllOf(HasSubstr("6 predictions"), HasSubstr("break even"))));
  EXPECT_THAT(report.created, Contains(HasSubstr("6 model versions")));
}

}  // namespace
}  // namespace aifx::cli
