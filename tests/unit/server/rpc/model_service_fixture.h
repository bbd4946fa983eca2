#ifndef AIFX_TESTS_UNIT_SERVER_RPC_MODEL_SERVICE_FIXTURE_H_
#define AIFX_TESTS_UNIT_SERVER_RPC_MODEL_SERVICE_FIXTURE_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/mutex.h"
#include "server/ops/grpc_server.h"
#include "server/rpc/model_service.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::rpc {

constexpr int64_t kOld = 20180101000000, kNew = 20180201000000;

// A store with eurusd-1h (two versions, the older active) and gbpusd-1h, whose version is broken.
class ModelServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const int64_t version : {kOld, kNew}) {
      model::Manifest manifest = testing::FakeManifest("eurusd-1h", version);
      manifest.metrics = {{"gate", {{"log_loss", 0.69}}}};
      ASSERT_OK(store_.Add(manifest, {{"model.pt", "program"}}));
    }
    ASSERT_OK(store_.Add(testing::FakeManifest("gbpusd-1h", kOld), {{"model.pt", "program"}}));
    ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
    ASSERT_OK(store_.SetActive("gbpusd-1h", kOld));
    ASSERT_OK(store_.SetBackendId("eurusd-1h", kOld, "backend-7"));
    registry_.Refresh();
    auto started = ops::StartGrpcServer({}, {&service_});
    ASSERT_OK(started);
    server_ = *std::move(started);
    stub_ = ml::v1::ModelService::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", server_.port), grpc::InsecureChannelCredentials()));
  }
  void TearDown() override { server_.Shutdown(std::chrono::system_clock::now()); }

  grpc::Status List(const ml::v1::ListModelsRequest& request,
                    ml::v1::ListModelsResponse& response) {
    grpc::ClientContext context;
    return stub_->ListModels(&context, request, &response);
  }
  grpc::Status Get(const std::string& name, int64_t version, ml::v1::GetModelResponse& response) {
    grpc::ClientContext context;
    ml::v1::GetModelRequest request;
    request.set_name(name);
    if (version != 0) request.set_version(version);
    return stub_->GetModel(&context, request, &response);
  }

  absl::StatusOr<std::shared_ptr<const model::Model>> Load(const std::string& name,
                                                           int64_t version) {
    if (on_load_) on_load_();
    if (name == "gbpusd-1h") {
      return absl::DataLossError(absl::StrCat(folder_.path(), "/gbpusd-1h/model.pt is damaged"));
    }
    auto manifest = store_.ReadManifest(name, version);
    if (!manifest.ok()) return manifest.status();
    return std::make_shared<testing::FakeModel>(*std::move(manifest));
  }

  std::function<void()> on_load_;  // on the thread that loads

  testing::TemporaryFolder folder_;
  testing::FakeClock clock_;
  model::ModelStore store_{folder_.path()};
  serving::ModelRegistry registry_{store_, base::NullLogger(),
                                   [this](const model::ModelStore&, const std::string& name,
                                          int64_t version) { return Load(name, version); }};
  CallGuard guard_{clock_, base::NullLogger(), {}};
  serving::Executor blocking_{{.name = "backend", .threads = 1, .queue_limit = 4}};
  serving::Executor commands_{{.name = "model commands", .threads = 1, .queue_limit = 4}};
  serving::Executor switching_{{.name = "kill switches", .threads = 1, .queue_limit = 4}};
  serving::KillSwitches kill_switches_{folder_.path(), base::NullLogger()};
  serving::Experiments experiments_{{.store = store_,
                                     .registry = registry_,
                                     .control = registry_,
                                     .clock = clock_,
                                     .logger = base::NullLogger(),
                                     .rules = {}}};
  base::Mutex mutex_;
  std::vector<std::string> activated_ ABSL_GUARDED_BY(mutex_);  // in the order of the calls
  std::vector<std::string> started_ ABSL_GUARDED_BY(mutex_);    // experiments
  ModelService service_{{.guard = guard_,
                         .store = store_,
                         .registry = registry_,
                         .blocking = blocking_,
                         .control = registry_,
                         .kill_switches = kill_switches_,
                         .switching = switching_,
                         .commands = commands_,
                         .activated =
                             [this](const std::string& name) {
                               base::MutexLock lock(mutex_);
                               activated_.push_back(name);
                             },
                         .experiments = &experiments_,
                         .experiment_started =
                             [this](const serving::Experiment& experiment) {
                               base::MutexLock lock(mutex_);
                               started_.push_back(experiment.name);
                             }}};
  ops::GrpcServer server_;
  std::unique_ptr<ml::v1::ModelService::Stub> stub_;
};

}  // namespace aifx::rpc

#endif  // AIFX_TESTS_UNIT_SERVER_RPC_MODEL_SERVICE_FIXTURE_H_
