#include "core/model/precision_record.h"

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "core/model/aotinductor_runtime.h"
#include "core/model/golden.h"
#include "core/model/model.h"
#include "core/model/torchscript_runtime.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/core/model/runtime_fixture.h"

namespace aifx::model {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::StartsWith;

auto Refused(const std::string& text) {
  return StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(text));
}

PrecisionRecord Good() {
  return {.kernel = "lstm-int8-vnni",
          .windows = 100,
          .largest_difference = 0.004,
          .mean_difference = 0.001,
          .changed_signals = 0.01};
}

Manifest With(const PrecisionRecord& record) {
  Manifest manifest = RuntimeManifest(kLstmF32Runtime);
  manifest.metrics["precision"]["int8"] = ToJson(record);
  return manifest;
}

TEST(PrecisionRecordTest, ComparesProbabilitiesAndSignals) {
  Manifest manifest = RuntimeManifest(kLstmF32Runtime);
  manifest.decision.min_edge = 0.1;
  const std::vector<double> exact = {0.2, 0.2, 0.6, 0.5, 0.2, 0.3, 0.3, 0.3, 0.4, 0.3, 0.4, 0.3};
  // The third window's edge falls below the least one; the others keep their signals.
  const std::vector<double> narrow = {0.2, 0.2,  0.6,  0.52, 0.2, 0.28,
                                      0.3, 0.31, 0.39, 0.3,  0.4, 0.3};
  const PrecisionRecord record = ComparePrecision(manifest, "lstm-int8-vnni", exact, narrow);
  EXPECT_EQ(record.kernel, "lstm-int8-vnni");
  EXPECT_EQ(record.windows, 4);
  EXPECT_NEAR(record.largest_difference, 0.02, 1e-12);
  EXPECT_NEAR(record.mean_difference, 0.06 / 12, 1e-12);
  EXPECT_DOUBLE_EQ(record.changed_signals, 0.25);
}

TEST(PrecisionRecordTest, LetsAPrecisionServeThatChangesLittle) {
  EXPECT_OK(CheckPrecisionRecord(With(Good()), Precision::kInt8));
  EXPECT_OK(CheckPrecisionRecord(RuntimeManifest(kLstmF32Runtime), Precision::kFloat32));
}

TEST(PrecisionRecordTest, RefusesWhatIsNotRecordedOrChangesMuch) {
  EXPECT_THAT(CheckPrecisionRecord(With(Good()), Precision::kBfloat16),
              Refused("bf16 may not serve: the manifest's metrics have no precision.bf16"));
  PrecisionRecord record = Good();
  record.largest_difference = 0.03;
  EXPECT_THAT(CheckPrecisionRecord(With(record), Precision::kInt8),
              Refused("moved a probability by 0.0300"));
  record = Good();
  record.changed_signals = 0.05;
  EXPECT_THAT(CheckPrecisionRecord(With(record), Precision::kInt8),
              Refused("changed 0.0500 of the signals"));
  record = Good();
  record.windows = 0;
  EXPECT_THAT(CheckPrecisionRecord(With(record), Precision::kInt8), Refused("on no window"));
  Manifest manifest = With(Good());
  manifest.metrics["precision"]["int8"] = {{"refused", "the logits differ"}};
  EXPECT_THAT(CheckPrecisionRecord(manifest, Precision::kInt8), Refused("the logits differ"));
}

TEST(PrecisionRecordTest, TheToleranceFollowsTheCalibrationUpToALimit) {
  Manifest manifest = RuntimeManifest(kLstmInt8Runtime);
  manifest.calibration.slope = 2;
  EXPECT_DOUBLE_EQ(NarrowLogitTolerance(manifest), 0.02);
  manifest.calibration.slope = 1e-4;
  EXPECT_DOUBLE_EQ(NarrowLogitTolerance(manifest), 0.25);
}

class LoadInPrecisionTest : public ::testing::Test {
 protected:
  absl::Status Add(Manifest manifest) {
    AIFX_ASSIGN_OR_RETURN(const std::string archive, RuntimeArchive(manifest.runtime));
    AIFX_ASSIGN_OR_RETURN(const auto model,
                          OpenTorchScript(manifest, archive, features::DefaultFeatureSet()));
    GoldenWindow golden{RuntimeWindows(1), std::vector<float>(3)};
    AIFX_RETURN_IF_ERROR(model->Run({golden.input, 1}, absl::MakeSpan(golden.logits)));
    return store_.Add(manifest, {{kTorchScriptFile, archive}, {kGoldenFile, GoldenToJson(golden)}});
  }

  absl::StatusOr<std::string> KernelIn(Precision precision) {
    AIFX_ASSIGN_OR_RETURN(const auto model,
                          LoadModel(store_, "eurusd-1h", 20180612100000, {.precision = precision}));
    return model->kernel();
  }

  testing::TemporaryFolder folder_;
  ModelStore store_{folder_.path()};
};

TEST_F(LoadInPrecisionTest, TheCallerChoosesAmongWhatIsRecorded) {
  ASSERT_OK(Add(With(Good())));
  ASSERT_OK_AND_ASSIGN(const auto own, LoadModel(store_, "eurusd-1h", 20180612100000));
  EXPECT_THAT(own->kernel(), StartsWith("lstm-f32-"));
  EXPECT_THAT(KernelIn(Precision::kInt8), testing::IsOkAndHolds(StartsWith("lstm-int8-")));
  EXPECT_THAT(KernelIn(Precision::kFloat32), testing::IsOkAndHolds(StartsWith("lstm-f32-")));
  EXPECT_THAT(KernelIn(Precision::kBfloat16), Refused("eurusd-1h version 20180612100000: bf16"));
}

TEST_F(LoadInPrecisionTest, TheManifestMayChooseToo) {
  Manifest manifest = With(Good());
  manifest.runtime = kLstmInt8Runtime;
  ASSERT_OK(Add(manifest));
  ASSERT_OK_AND_ASSIGN(const auto model, LoadModel(store_, "eurusd-1h", 20180612100000));
  EXPECT_THAT(model->kernel(), StartsWith("lstm-int8-"));
}

TEST_F(LoadInPrecisionTest, TheManifestNeedsTheRecordToo) {
  Manifest manifest = RuntimeManifest(kLstmInt8Runtime);
  ASSERT_OK(Add(manifest));
  EXPECT_THAT(LoadModel(store_, "eurusd-1h", 20180612100000), Refused("int8 may not serve"));
}

TEST_F(LoadInPrecisionTest, OtherRuntimesLoadAsTheyAre) {
  ASSERT_OK(Add(RuntimeManifest(kTorchScriptRuntime)));
  EXPECT_THAT(KernelIn(Precision::kInt8), testing::IsOkAndHolds(std::string("torchscript-f32")));
}

TEST(InstructionSetsTest, RefusesWhatThisProcessorLacksOrNobodyKnows) {
  EXPECT_OK(CheckInstructionSets(""));
  EXPECT_THAT(CheckInstructionSets("AVX9000 AVX2"), Refused("instruction set AVX9000"));
#if defined(__x86_64__)
  EXPECT_THAT(CheckInstructionSets("NEON"), Refused("instruction set NEON"));
  const absl::Status wide = CheckInstructionSets("AVX512 AVX512_VNNI");
  const bool there = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vnni");
  EXPECT_EQ(wide.ok(), there) << wide;
  // Whether this machine has it or not: PyTorch names it on any that does.
  const absl::Status tiles = CheckInstructionSets("AVX512 AVX512_VNNI AMX_TILE");
  EXPECT_TRUE(tiles.ok() || absl::StrContains(tiles.message(), "does not have")) << tiles;
#endif
}

}  // namespace
}  // namespace aifx::model
