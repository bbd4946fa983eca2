// ModelService's methods over experiments, through a real gRPC server.
#include <gmock/gmock.h>

#include "tests/unit/server/rpc/model_service_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ExperimentCommandsTest : public ModelServiceTest {
 protected:
  static ml::v1::CreateExperimentRequest Asked(
      const std::string& name, ml::v1::ExperimentKind kind = ml::v1::EXPERIMENT_KIND_AB) {
    ml::v1::CreateExperimentRequest request;
    ml::v1::Experiment& asked = *request.mutable_experiment();
    asked.set_name(name);
    asked.set_kind(kind);
    asked.set_model_name("eurusd-1h");
    asked.set_candidate_version(kNew);
    asked.set_candidate_percent(25);
    return request;
  }
  grpc::Status Create(const ml::v1::CreateExperimentRequest& request) {
    grpc::ClientContext context;
    experiment_.Clear();
    clock_.Advance(absl::Seconds(1));
    return stub_->CreateExperiment(&context, request, &experiment_);
  }
  grpc::Status End(const std::string& name, bool promote = false) {
    grpc::ClientContext context;
    ml::v1::EndExperimentRequest request;
    request.set_name(name);
    request.set_promote_candidate(promote);
    experiment_.Clear();
    return stub_->EndExperiment(&context, request, &experiment_);
  }
  grpc::Status ListAll(ml::v1::ListExperimentsRequest request, std::vector<std::string>& names) {
    grpc::ClientContext context;
    const grpc::Status status = stub_->ListExperiments(&context, request, &page_);
    names.clear();
    for (const auto& each : page_.experiments()) names.push_back(each.name());
    return status;
  }

  ml::v1::Experiment experiment_;
  ml::v1::ListExperimentsResponse page_;
};

TEST_F(ExperimentCommandsTest, CreatesEndsAndPromotes) {
  const grpc::Status created = Create(Asked("first"));
  ASSERT_TRUE(created.ok()) << created.error_message();
  EXPECT_EQ(experiment_.kind(), ml::v1::EXPERIMENT_KIND_AB);
  EXPECT_EQ(experiment_.champion_version(), kOld);
  EXPECT_EQ(experiment_.candidate_version(), kNew);
  EXPECT_EQ(experiment_.candidate_percent(), 25);
  EXPECT_TRUE(experiment_.has_started_at());
  EXPECT_FALSE(experiment_.has_ended_at());
  EXPECT_FALSE(experiment_.has_shadow());
  EXPECT_EQ(Create(Asked("second")).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Create(Asked("first")).error_code(), grpc::StatusCode::ALREADY_EXISTS);
  ASSERT_TRUE(End("first").ok());
  EXPECT_TRUE(experiment_.has_ended_at());
  EXPECT_EQ(experiment_.end_reason(), "ended by command");
  EXPECT_TRUE(End("first").ok());

  ASSERT_TRUE(Create(Asked("second", ml::v1::EXPERIMENT_KIND_CANARY)).ok());
  EXPECT_EQ(experiment_.kind(), ml::v1::EXPERIMENT_KIND_CANARY);
  ASSERT_TRUE(End("second", true).ok());
  EXPECT_EQ(store_.Active("eurusd-1h")->version, kNew);
  base::MutexLock lock(mutex_);
  EXPECT_THAT(activated_, ElementsAre("eurusd-1h"));
  EXPECT_THAT(started_, ElementsAre("first", "second"));
}

TEST_F(ExperimentCommandsTest, PagesNewestFirst) {
  std::vector<std::string> names;
  for (const char* name : {"a", "b", "c"}) {
    ASSERT_TRUE(Create(Asked(name, ml::v1::EXPERIMENT_KIND_SHADOW)).ok());
    EXPECT_EQ(experiment_.kind(), ml::v1::EXPERIMENT_KIND_SHADOW);
    EXPECT_TRUE(experiment_.has_shadow());
    if (name[0] == 'c') continue;
    ASSERT_TRUE(End(name).ok());
  }
  ASSERT_TRUE(ListAll({}, names).ok());
  EXPECT_THAT(names, ElementsAre("c"));
  ml::v1::ListExperimentsRequest request;
  request.set_include_ended(true);
  request.set_page_size(2);
  ASSERT_TRUE(ListAll(request, names).ok());
  EXPECT_THAT(names, ElementsAre("c", "b"));
  request.set_page_token(page_.next_page_token());
  ASSERT_TRUE(ListAll(request, names).ok());
  EXPECT_THAT(names, ElementsAre("a"));
  EXPECT_EQ(page_.next_page_token(), "");
  request.set_include_ended(false);  // the token belongs to another list
  EXPECT_EQ(ListAll(request, names).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ExperimentCommandsTest, NamesWhatIsWrong) {
  ml::v1::CreateExperimentRequest wrong = Asked("Not A Name");
  wrong.mutable_experiment()->set_candidate_percent(120);
  wrong.mutable_experiment()->clear_kind();
  const grpc::Status status = Create(wrong);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("experiment.kind is missing"));
  EXPECT_THAT(status.error_message(), HasSubstr("2 more"));
  wrong = Asked("x");
  wrong.mutable_experiment()->set_kind(static_cast<ml::v1::ExperimentKind>(9));
  EXPECT_THAT(Create(wrong).error_message(), HasSubstr("experiment.kind 9 is not a value"));
  EXPECT_EQ(End("x").error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(End("").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace aifx::rpc
