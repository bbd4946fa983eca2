// ModelService's methods for administrators, through a real gRPC server.
#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>

#include <future>
#include <thread>

#include "tests/unit/server/rpc/model_service_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ModelCommandsTest : public ModelServiceTest {
 protected:
  // Calls with name and version; the answer goes to `response`.
  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (ml::v1::ModelService::Stub::*method)(grpc::ClientContext*,
                                                                       const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    response->Clear();
    return (*stub_.*method)(&context, request, response);
  }
  grpc::Status Load(const std::string& name, int64_t version) {
    ml::v1::LoadModelRequest request;
    request.set_name(name);
    request.set_version(version);
    return Call(&ml::v1::ModelService::Stub::LoadModel, request, &model_);
  }
  grpc::Status Unload(const std::string& name, int64_t version) {
    ml::v1::UnloadModelRequest request;
    request.set_name(name);
    request.set_version(version);
    return Call(&ml::v1::ModelService::Stub::UnloadModel, request, &model_);
  }
  grpc::Status Activate(const std::string& name, int64_t version, bool rollback = false) {
    ml::v1::SetActiveVersionRequest request;
    request.set_name(name);
    request.set_version(version);
    request.set_rollback(rollback);
    return Call(&ml::v1::ModelService::Stub::SetActiveVersion, request, &activation_);
  }
  grpc::Status SetSwitch(const ml::v1::KillSwitch& named, bool engaged) {
    ml::v1::SetKillSwitchRequest request;
    *request.mutable_kill_switch() = named;
    request.set_engaged(engaged);
    return Call(&ml::v1::ModelService::Stub::SetKillSwitch, request, &engaged_);
  }

  ml::v1::Model model_;
  ml::v1::SetActiveVersionResponse activation_;
  ml::v1::SetKillSwitchResponse engaged_;
};

TEST_F(ModelCommandsTest, LoadsAndUnloads) {
  const grpc::Status loaded = Load("eurusd-1h", kNew);
  ASSERT_TRUE(loaded.ok()) << loaded.error_message();
  EXPECT_EQ(model_.state(), ml::v1::MODEL_STATE_READY);
  EXPECT_EQ(model_.version(), kNew);
  EXPECT_EQ(model_.kernel(), "fake");
  EXPECT_EQ(model_.pair(), "EUR/USD");
  EXPECT_FALSE(model_.active());
  ASSERT_TRUE(Unload("eurusd-1h", kNew).ok());
  EXPECT_THAT(model_.kernel(), IsEmpty());
  const grpc::Status serves = Unload("eurusd-1h", kOld);
  EXPECT_EQ(serves.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(serves.error_message(), HasSubstr("serves"));
}

TEST_F(ModelCommandsTest, ActivatesRollsBackAndTellsOfIt) {
  ASSERT_TRUE(Activate("eurusd-1h", kNew).ok());
  EXPECT_EQ(activation_.model().version(), kNew);
  EXPECT_TRUE(activation_.model().active());
  EXPECT_EQ(activation_.previous_version(), kOld);
  EXPECT_EQ(store_.Active("eurusd-1h")->version, kNew);
  ASSERT_TRUE(Activate("eurusd-1h", 0, true).ok());
  EXPECT_EQ(activation_.model().version(), kOld);
  EXPECT_EQ(activation_.model().backend_id(), "backend-7");
  EXPECT_EQ(activation_.previous_version(), kNew);
  EXPECT_EQ(Activate("eurusd-1h", kNew, true).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  base::MutexLock lock(mutex_);
  EXPECT_THAT(activated_, ElementsAre("eurusd-1h", "eurusd-1h"));
}

TEST_F(ModelCommandsTest, RefusesAVersionThatFailsWithoutSayingWhereTheStoreLies) {
  for (const grpc::Status& refused : {Load("gbpusd-1h", kOld), Activate("gbpusd-1h", kOld)}) {
    EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_THAT(refused.error_message(), HasSubstr("model.pt is damaged"));
    EXPECT_THAT(refused.error_message(), Not(HasSubstr(folder_.path())));
    EXPECT_THAT(refused.error_details(), HasSubstr("MODEL_FAILED"));
  }
  EXPECT_EQ(Load("", kOld).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Activate("eurusd-1h", 0).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const grpc::Status absent = Load("nobody", kOld);
  EXPECT_EQ(absent.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(absent.error_message(), Not(HasSubstr(folder_.path())));
  base::MutexLock lock(mutex_);
  EXPECT_THAT(activated_, IsEmpty());
}

TEST_F(ModelCommandsTest, SwitchesAreSetListedAndReleased) {
  ml::v1::KillSwitch pair, global;
  pair.set_pair("eurusd");
  pair.set_reason("wild spreads");
  global.set_global(true);
  ASSERT_TRUE(SetSwitch(pair, true).ok());
  ASSERT_TRUE(SetSwitch(global, true).ok());
  ASSERT_EQ(engaged_.engaged_size(), 2);
  EXPECT_EQ(engaged_.engaged(0).pair(), "EUR/USD");
  EXPECT_EQ(engaged_.engaged(0).reason(), "wild spreads");
  EXPECT_EQ(engaged_.engaged(0).set_at().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(engaged_.engaged(1).reason(), "no reason given");
  EXPECT_NE(kill_switches_.Find(*market::CurrencyPair::Parse("GBP/USD"), ""), nullptr);
  ASSERT_TRUE(SetSwitch(global, false).ok());
  EXPECT_EQ(engaged_.engaged_size(), 1);
  EXPECT_EQ(kill_switches_.Find(*market::CurrencyPair::Parse("GBP/USD"), ""), nullptr);
}

TEST_F(ModelCommandsTest, NamesWhatIsWrongWithASwitch) {
  ml::v1::KillSwitch none, no_global, pair, model, reason;
  no_global.set_global(false);
  pair.set_pair("EUR/XXX");
  model.set_model_name("../x");
  reason.set_global(true);
  reason.set_reason(std::string(201, 'x'));
  const std::vector<std::pair<ml::v1::KillSwitch, std::string>> cases = {
      {none, "names no scope"},
      {no_global, "kill_switch.global"},
      {pair, "kill_switch.pair"},
      {model, "kill_switch.model_name \"../x\""},
      {reason, "kill_switch.reason has 201 bytes"}};
  for (const auto& [named, message] : cases) {
    const grpc::Status refused = SetSwitch(named, true);
    EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(refused.error_message(), HasSubstr(message));
  }
  EXPECT_THAT(kill_switches_.Engaged(), IsEmpty());
}

// A load that hangs delays neither a switch nor the list.
TEST_F(ModelCommandsTest, ASwitchDoesNotWaitForAModelThatLoads) {
  std::promise<void> arrived, open;
  on_load_ = [&] {
    arrived.set_value();
    open.get_future().wait();
  };
  std::thread loading([&] { EXPECT_TRUE(Load("eurusd-1h", kNew).ok()); });
  arrived.get_future().wait();
  ml::v1::KillSwitch global;
  global.set_global(true);
  EXPECT_TRUE(SetSwitch(global, true).ok());
  ml::v1::ListModelsResponse list;
  EXPECT_TRUE(List({}, list).ok());
  EXPECT_EQ(list.models(0).state(), ml::v1::MODEL_STATE_LOADING);
  open.set_value();
  loading.join();
}

TEST_F(ModelCommandsTest, ASwitchDoesNotWaitForListsOfModels) {
  std::promise<void> open;
  const std::shared_future<void> opened = open.get_future().share();
  absl::Status queued;
  while ((queued = blocking_.Submit([opened] { opened.wait(); })).ok()) {
  }
  ASSERT_EQ(queued.code(), absl::StatusCode::kResourceExhausted);
  ml::v1::KillSwitch global;
  global.set_global(true);
  EXPECT_TRUE(SetSwitch(global, true).ok());
  open.set_value();
}

}  // namespace
}  // namespace aifx::rpc
