#include "server/rpc/inference/inference_service.h"

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

#include "core/base/build_info.h"
#include "core/base/violation.h"
#include "tests/unit/server/rpc/inference/inference_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

// The first detail of the message's type; an empty message where there is none.
template <typename Detail>
Detail DetailOf(const grpc::Status& status) {
  google::rpc::Status details;
  Detail found;
  details.ParseFromString(status.error_details());
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&found)) break;
  }
  return found;
}

std::vector<float> LogitsOf(const model::Manifest& manifest, size_t batch) {
  const std::vector<float> windows = SomeWindows(manifest, batch);
  std::vector<float> logits(batch * manifest.classes.size());
  EXPECT_OK(testing::FakeModel(manifest).Run({windows, batch}, absl::MakeSpan(logits)));
  return logits;
}

TEST_F(InferenceServiceTest, InfersWithTheActiveVersion) {
  ASSERT_TRUE(Infer(InferMessage(manifest_, 2, false)).ok());
  EXPECT_EQ(response_.model_name(), "eurusd-1h");
  EXPECT_EQ(response_.model_version(), absl::StrCat(kOld));
  EXPECT_EQ(response_.id(), "call-7");
  ASSERT_EQ(response_.outputs_size(), 2);
  EXPECT_THAT(response_.outputs(1).contents().fp32_contents(),
              ElementsAreArray(LogitsOf(manifest_, 2)));
}

TEST_F(InferenceServiceTest, AnswersRawToRaw) {
  ::inference::ModelInferRequest request = InferMessage(manifest_, 2, true);
  request.add_outputs()->set_name("logits");
  request.set_model_version(absl::StrCat(kOld));
  ASSERT_TRUE(Infer(request).ok());
  const std::vector<float> logits = LogitsOf(manifest_, 2);
  ASSERT_EQ(response_.raw_output_contents_size(), 1);
  EXPECT_EQ(response_.raw_output_contents(0),
            std::string(reinterpret_cast<const char*>(logits.data()), logits.size() * 4));
}

TEST_F(InferenceServiceTest, TakesLargerRequestsThanOtherMethods) {
  const ::inference::ModelInferRequest request = InferMessage(manifest_, 256, true);
  ASSERT_GT(request.ByteSizeLong(), size_t{1} << 12);
  EXPECT_TRUE(Infer(request).ok());
}

TEST_F(InferenceServiceTest, NamesUnknownModelsAndVersions) {
  ::inference::ModelInferRequest request = InferMessage(manifest_, 1, true);
  const auto code_of = [&](const std::string& name, const std::string& version) {
    request.set_model_name(name);
    request.set_model_version(version);
    return Infer(request).error_code();
  };
  EXPECT_EQ(code_of("other", ""), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(code_of("eurusd-1h", absl::StrCat(kNew)), grpc::StatusCode::NOT_FOUND);  // not loaded
  EXPECT_EQ(code_of("eurusd-1h", "1"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(code_of("eurusd-1h", "newest"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(code_of("eurusd-1h", "-1"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(code_of("", ""), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(InferenceServiceTest, CarriesViolationsOfTensors) {
  ::inference::ModelInferRequest request = InferMessage(manifest_, 1, true);
  request.mutable_inputs(0)->set_shape(1, 5);
  const grpc::Status status = Infer(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("input \"window\": shape [1,5,"));
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status).field_violations(0).field(),
            "inputs[0].shape");
}

TEST_F(InferenceServiceTest, OverloadAndDrainSayWhenToTryAgain) {
  runner_.refusal = base::WithRetryAfter(absl::ResourceExhaustedError("the queue is full"), 0.1);
  grpc::Status status = Infer(InferMessage(manifest_, 1, true));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_GT(DetailOf<google::rpc::RetryInfo>(status).retry_delay().nanos(), 0);
  guard_.RefuseNewCalls();
  status = Infer(InferMessage(manifest_, 1, true));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(status).retry_delay().seconds(), 1);
}

TEST_F(InferenceServiceTest, SaysWhatIsReady) {
  ::inference::ServerLiveResponse live;
  ::inference::ServerReadyResponse ready;
  ASSERT_TRUE(Call(&Stub::ServerLive, ::inference::ServerLiveRequest(), live).ok());
  ASSERT_TRUE(Call(&Stub::ServerReady, ::inference::ServerReadyRequest(), ready).ok());
  EXPECT_TRUE(live.live());
  EXPECT_TRUE(ready.ready());
  service_.ReportNotReady();
  ASSERT_TRUE(Call(&Stub::ServerReady, ::inference::ServerReadyRequest(), ready).ok());
  EXPECT_FALSE(ready.ready());

  ::inference::ModelReadyRequest request;
  ::inference::ModelReadyResponse model;
  request.set_name("eurusd-1h");
  ASSERT_TRUE(Call(&Stub::ModelReady, request, model).ok());
  EXPECT_TRUE(model.ready());
  request.set_version(absl::StrCat(kNew));  // in the store, not loaded
  ASSERT_TRUE(Call(&Stub::ModelReady, request, model).ok());
  EXPECT_FALSE(model.ready());
  request.set_version("7");
  EXPECT_EQ(Call(&Stub::ModelReady, request, model).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(InferenceServiceTest, DescribesServerAndModels) {
  ::inference::ServerMetadataResponse server;
  ASSERT_TRUE(Call(&Stub::ServerMetadata, ::inference::ServerMetadataRequest(), server).ok());
  EXPECT_EQ(server.name(), "aifx");
  EXPECT_EQ(server.version(), base::ProjectVersion());
  EXPECT_THAT(server.extensions(), ::testing::Contains("statistics"));

  ::inference::ModelMetadataRequest request;
  request.set_name("eurusd-1h");
  ::inference::ModelMetadataResponse metadata;
  ASSERT_TRUE(Call(&Stub::ModelMetadata, request, metadata).ok());
  EXPECT_THAT(metadata.versions(), ElementsAre(absl::StrCat(kOld)));
  EXPECT_EQ(metadata.inputs(0).name(), "window");
  ::inference::ModelConfigRequest config_request;
  config_request.set_name("eurusd-1h");
  ::inference::ModelConfigResponse config;
  ASSERT_TRUE(Call(&Stub::ModelConfig, config_request, config).ok());
  EXPECT_EQ(config.config().max_batch_size(), 256);

  request.set_version("7");
  config_request.set_name("other");
  EXPECT_EQ(Call(&Stub::ModelMetadata, request, metadata).error_code(),
            grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Call(&Stub::ModelConfig, config_request, config).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(InferenceServiceTest, CountsByModelAndVersion) {
  ::inference::ModelStatisticsRequest request;
  ::inference::ModelStatisticsResponse response;
  ASSERT_TRUE(Call(&Stub::ModelStatistics, request, response).ok());
  ASSERT_EQ(response.model_stats_size(), 1);  // only what can be asked
  EXPECT_EQ(response.model_stats(0).inference_count(), 0u);
  EXPECT_EQ(response.model_stats(0).last_inference(), 0u);

  ASSERT_TRUE(Infer(InferMessage(manifest_, 2, true)).ok());
  ASSERT_TRUE(Infer(InferMessage(manifest_, 2, false)).ok());
  clock_.Advance(absl::Seconds(1));
  ::inference::ModelInferRequest wrong = InferMessage(manifest_, 1, true);
  wrong.clear_inputs();
  EXPECT_FALSE(Infer(wrong).ok());

  request.set_name("eurusd-1h");
  request.set_version(absl::StrCat(kOld));
  response.Clear();
  ASSERT_TRUE(Call(&Stub::ModelStatistics, request, response).ok());
  ASSERT_EQ(response.model_stats_size(), 1);
  const auto& stats = response.model_stats(0);
  EXPECT_EQ(stats.name(), "eurusd-1h");
  EXPECT_EQ(stats.version(), absl::StrCat(kOld));
  EXPECT_EQ(stats.last_inference(), static_cast<uint64_t>(absl::ToUnixMillis(clock_.Now())));
  EXPECT_EQ(stats.inference_count(), 4u);
  EXPECT_EQ(stats.execution_count(), 2u);
  EXPECT_EQ(stats.inference_stats().success().count(), 2u);
  EXPECT_EQ(stats.inference_stats().fail().count(), 1u);
  EXPECT_EQ(stats.inference_stats().queue().ns(), 4'000'000u);
  EXPECT_EQ(stats.inference_stats().compute_infer().ns(), 6'000'000u);
  ASSERT_EQ(stats.batch_stats_size(), 1);
  EXPECT_EQ(stats.batch_stats(0).batch_size(), 2u);

  request.set_version("7");
  EXPECT_EQ(Call(&Stub::ModelStatistics, request, response).error_code(),
            grpc::StatusCode::NOT_FOUND);
  request.set_version("");
  request.set_name("other");
  EXPECT_EQ(Call(&Stub::ModelStatistics, request, response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace aifx::rpc
