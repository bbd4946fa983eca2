#ifndef AIFX_TESTS_UNIT_SERVER_RPC_INFERENCE_INFERENCE_FIXTURE_H_
#define AIFX_TESTS_UNIT_SERVER_RPC_INFERENCE_INFERENCE_FIXTURE_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/mutex.h"
#include "inference/grpc_service.grpc.pb.h"
#include "server/ops/grpc_server.h"
#include "server/rpc/inference/inference_service.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/server/rpc/inference/infer_message.h"

namespace aifx::rpc {

inline constexpr int64_t kOld = 20180101000000, kNew = 20180201000000;
inline constexpr size_t kLargestRequest = 1 << 20;

// Runs each job at once, until it is told to hold them.
class HeldRunner final : public InferenceRunner {
 public:
  absl::Status refusal;  // what every job is answered, where it is no OK
  bool hold = false;

  void Submit(InferenceJob job, Done done) override {
    if (!refusal.ok()) return done(refusal);
    if (!hold) return Run(std::move(job), done);
    base::MutexLock lock(mutex_);
    held_.emplace_back(std::move(job), std::move(done));
    arrived_.NotifyAll();
  }

  // Waits until so many jobs are held.
  void WaitFor(size_t jobs) {
    base::MutexLock lock(mutex_);
    while (held_.size() < jobs) arrived_.Wait(mutex_);
  }
  size_t held() {
    base::MutexLock lock(mutex_);
    return held_.size();
  }
  // Runs the held job at `index`.
  void Release(size_t index) {
    std::pair<InferenceJob, Done> taken;
    {
      base::MutexLock lock(mutex_);
      taken = std::move(held_[index]);
      held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(index));
    }
    Run(std::move(taken.first), taken.second);
  }
  // Whether the caller of the held job has gone away.
  bool Cancelled(size_t index) {
    base::MutexLock lock(mutex_);
    return held_[index].first.context.IsCancelled();
  }

 private:
  static void Run(InferenceJob job, const Done& done) {
    InferenceResult result;
    result.logits.resize(job.batch * job.model->manifest().classes.size());
    result.executed_rows = job.batch;
    result.queue = absl::Milliseconds(2);
    result.infer = absl::Milliseconds(3);
    const absl::Status status =
        job.model->Run({job.windows, job.batch}, absl::MakeSpan(result.logits));
    done(status.ok() ? absl::StatusOr<InferenceResult>(std::move(result)) : status);
  }

  base::Mutex mutex_;
  base::ConditionVariable arrived_;
  std::deque<std::pair<InferenceJob, Done>> held_ ABSL_GUARDED_BY(mutex_);
};

// Remembers commands and answers them with `status`.
class FakeControl final : public serving::ModelControl {
 public:
  absl::Status status;
  std::vector<std::string> commands;  // "load NAME VERSION"

  absl::StatusOr<serving::VersionView> Load(const std::string& name, int64_t version,
                                            const base::CallContext&) override {
    return Command("load", name, version);
  }
  absl::StatusOr<serving::VersionView> Unload(const std::string& name, int64_t version,
                                              const base::CallContext&) override {
    return Command("unload", name, version);
  }
  absl::StatusOr<serving::VersionView> Release(const std::string& name, int64_t version,
                                               const base::CallContext&) override {
    return Command("release", name, version);
  }
  absl::StatusOr<serving::Activation> SetActive(const std::string&, int64_t,
                                                const base::CallContext&) override {
    return absl::UnimplementedError("not asked for");
  }
  absl::StatusOr<serving::Activation> Rollback(const std::string&,
                                               const base::CallContext&) override {
    return absl::UnimplementedError("not asked for");
  }

 private:
  absl::StatusOr<serving::VersionView> Command(const char* word, const std::string& name,
                                               int64_t version) {
    commands.push_back(absl::StrCat(word, " ", name, " ", version));
    if (!status.ok()) return status;
    return serving::VersionView{.name = name, .version = version};
  }
};

// The service on a real socket, over a store with eurusd-1h (two versions, the older active) and
// gbpusd-1h, whose version is broken.
class InferenceServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const int64_t version : {kOld, kNew}) {
      ASSERT_OK(store_.Add(testing::FakeManifest("eurusd-1h", version), {{"model.pt", "program"}}));
    }
    ASSERT_OK(store_.Add(testing::FakeManifest("gbpusd-1h", kOld), {{"model.pt", "program"}}));
    ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
    ASSERT_OK(store_.SetActive("gbpusd-1h", kOld));
    registry_.Refresh();
    auto started = ops::StartGrpcServer({}, {&service_});
    ASSERT_OK(started);
    server_ = *std::move(started);
    stub_ = ::inference::GRPCInferenceService::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", server_.port), grpc::InsecureChannelCredentials()));
  }
  void TearDown() override { server_.Shutdown(std::chrono::system_clock::now()); }

  grpc::Status Infer(const ::inference::ModelInferRequest& request) {
    grpc::ClientContext context;
    response_.Clear();
    return stub_->ModelInfer(&context, request, &response_);
  }
  // Any other method, such as Call(&Stub::ModelReady, request, response).
  template <typename Method, typename Request, typename Response>
  grpc::Status Call(Method method, const Request& request, Response& response) {
    grpc::ClientContext context;
    return (stub_.get()->*method)(&context, request, &response);
  }

  absl::StatusOr<std::shared_ptr<const model::Model>> Load(const std::string& name,
                                                           int64_t version) {
    if (name == "gbpusd-1h" || version == broken_) {
      return absl::DataLossError(absl::StrCat(folder_.path(), "/gbpusd-1h/model.pt is damaged"));
    }
    auto manifest = store_.ReadManifest(name, version);
    if (!manifest.ok()) return manifest.status();
    return std::make_shared<testing::FakeModel>(*std::move(manifest));
  }

  using Stub = ::inference::GRPCInferenceService::Stub;

  int64_t broken_ = 0;  // does not load either
  const model::Manifest manifest_ = testing::FakeManifest("eurusd-1h", kOld);
  testing::TemporaryFolder folder_;
  testing::FakeClock clock_;
  model::ModelStore store_{folder_.path()};
  serving::ModelRegistry registry_{store_, base::NullLogger(),
                                   [this](const model::ModelStore&, const std::string& name,
                                          int64_t version) { return Load(name, version); }};
  CallGuard guard_{clock_, base::NullLogger(), {.receive_bytes = 1 << 12}};
  HeldRunner runner_;
  FakeControl control_;
  serving::Executor commands_{{.name = "model store", .threads = 1, .queue_limit = 4}};
  InferenceService service_{{.guard = guard_,
                             .registry = registry_,
                             .runner = runner_,
                             .control = &control_,
                             .commands = commands_,
                             .store_root = store_.root(),
                             .receive_bytes = kLargestRequest}};
  ops::GrpcServer server_;
  std::unique_ptr<Stub> stub_;
  ::inference::ModelInferResponse response_;
};

}  // namespace aifx::rpc

#endif  // AIFX_TESTS_UNIT_SERVER_RPC_INFERENCE_INFERENCE_FIXTURE_H_
