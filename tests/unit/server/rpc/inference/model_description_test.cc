#include "server/rpc/inference/model_description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_model.h"

namespace aifx::rpc {
namespace {

using ::testing::ElementsAre;

TEST(ModelDescriptionTest, MetadataHasTheBatchInItsShapes) {
  const model::Manifest manifest = testing::FakeManifest();
  ::inference::ModelMetadataResponse message;
  ToProto(manifest, message);
  EXPECT_EQ(message.name(), "eurusd-1h");
  EXPECT_EQ(message.platform(), "aifx_torchscript");
  ASSERT_EQ(message.inputs_size(), 1);
  EXPECT_EQ(message.inputs(0).name(), "window");
  EXPECT_EQ(message.inputs(0).datatype(), "FP32");
  EXPECT_THAT(message.inputs(0).shape(), ElementsAre(-1, 4, manifest.features));
  ASSERT_EQ(message.outputs_size(), 2);
  EXPECT_EQ(message.outputs(0).name(), "probabilities");
  EXPECT_EQ(message.outputs(1).name(), "logits");
  EXPECT_THAT(message.outputs(1).shape(), ElementsAre(-1, 3));
}

TEST(ModelDescriptionTest, ConfigHasItBesideThem) {
  const model::Manifest manifest = testing::FakeManifest();
  ::inference::ModelConfig message;
  ToProto(manifest, message);
  EXPECT_EQ(message.name(), "eurusd-1h");
  EXPECT_EQ(message.backend(), "aifx");
  EXPECT_EQ(message.max_batch_size(), 256);
  ASSERT_EQ(message.input_size(), 1);
  EXPECT_EQ(message.input(0).data_type(), ::inference::TYPE_FP32);
  EXPECT_THAT(message.input(0).dims(), ElementsAre(4, manifest.features));
  ASSERT_EQ(message.output_size(), 2);
  EXPECT_THAT(message.output(0).dims(), ElementsAre(3));
}

TEST(ModelDescriptionTest, IndexSaysWhyAVersionCannotBeAsked) {
  ::inference::RepositoryIndexResponse::ModelIndex ready, failed, idle;
  ToProto({.name = "a", .version = 20180612100000, .state = serving::VersionState::kReady}, ready);
  EXPECT_EQ(ready.version(), "20180612100000");
  EXPECT_EQ(ready.state(), "READY");
  EXPECT_EQ(ready.reason(), "");
  ToProto({.name = "a", .state = serving::VersionState::kFailed, .reason = "is damaged"}, failed);
  EXPECT_EQ(failed.state(), "UNAVAILABLE");
  EXPECT_EQ(failed.reason(), "is damaged");
  ToProto({.name = "a", .state = serving::VersionState::kDiscovered}, idle);
  EXPECT_EQ(idle.state(), "UNAVAILABLE");
  EXPECT_EQ(idle.reason(), "not loaded");
  ::inference::RepositoryIndexResponse::ModelIndex warming, draining;
  ToProto({.name = "a", .state = serving::VersionState::kWarming}, warming);
  EXPECT_EQ(warming.state(), "LOADING");
  ToProto({.name = "a", .state = serving::VersionState::kDraining}, draining);
  EXPECT_EQ(draining.state(), "UNLOADING");
}

}  // namespace
}  // namespace aifx::rpc
