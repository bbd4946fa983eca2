#include "core/training/lstm_network.h"

#include <random>
#include <string>
#include <vector>

#include "core/base/sha256.h"
#include "core/model/lstm_runtime.h"
#include "core/model/model.h"
#include "core/model/torchscript_archive.h"
#include "core/model/torchscript_runtime.h"
#include "core/training/baselines.h"
#include "core/training/calibration.h"
#include "core/training/evaluation.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/candles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_model.h"

namespace aifx::training {
namespace {

using ::aifx::testing::FakeClock;
using ::aifx::testing::IsOk;
using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;

constexpr int64_t kSequence = 4;

// A feature set of two columns in which a test may plant anything: column 1 is the candle's volume.
class PlantedSet final : public features::FeatureSet {
 public:
  const std::string& name() const override { return name_; }
  const std::vector<features::Column>& columns() const override { return columns_; }
  size_t memory() const override { return 14; }
  const std::string& hash() const override { return name_; }
  absl::Status Build(const features::FeatureInput& input,
                     features::FeatureMatrix& out) const override {
    const absl::Span<const market::Candle> candles = input.candles;
    out.rows = candles.size() - 13;
    out.columns = 2;
    out.values.clear();
    for (size_t t = 13; t < candles.size(); ++t) {
      out.values.push_back(candles[t].close / candles[t - 1].close - 1);
      out.values.push_back(*candles[t].volume);
    }
    return absl::OkStatus();
  }

 private:
  std::string name_ = "planted";
  std::vector<features::Column> columns_ = {{"return"}, {"planted"}};
};

class LstmNetworkTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { model::SetTensorThreads(1); }

  // A random walk with direction labels; `plant` decides what stands in the second column.
  template <typename Plant>
  void MakeData(Plant plant, bool shuffle_labels) {
    candles_ = testing::RandomWalk({.seed = 17, .count = 3000});
    auto labels = MakeLabels(candles_, {model::Label::kDirection, 1, 1.0});
    std::mt19937_64 random(23);
    for (size_t t = 0; t < candles_.size(); ++t) {
      if (shuffle_labels && labels[t]) labels[t]->target = static_cast<int>(random() >> 63);
      candles_[t].volume = plant(t);
    }
    auto data = Dataset::Make(candles_, set_, labels, static_cast<size_t>(kSequence));
    ASSERT_TRUE(data.ok());
    data_ = *std::move(data);
    split_ = SplitByTime(data_.samples());
    scaler_ = features::Scaler::Fit(data_.matrix(), data_.RowOf(split_.fit.back().candle) + 1);
  }

  LstmOptions Tiny() const {
    LstmOptions options;
    options.classes = 2;
    options.hidden1 = options.hidden2 = options.dense = 4;
    options.dropout1 = options.dropout2 = options.dropout3 = 0.1;
    options.learning_rate = 1e-2;
    options.max_epochs = 3;
    options.batch = 64;
    return options;
  }

  absl::StatusOr<std::string> Archive(const LstmOptions& options) {
    LstmNetwork network(data_, scaler_, options);
    FakeClock clock;
    const auto fit = network.Fit(split_.fit, split_.stop, clock, {}, {});
    if (!fit.ok()) return fit.status();
    return network.Archive();
  }

  static model::Manifest DirectionManifest(const std::string& runtime) {
    model::Manifest manifest = testing::MakeTinyModel().manifest;
    manifest.runtime = runtime;
    manifest.sequence = kSequence;
    manifest.features = 2;
    manifest.classes = {"down", "up"};
    return manifest;
  }

  // Of the archive's logits on the gate slice.
  absl::StatusOr<Scores> GateScores(const std::string& archive) {
    auto model = model::OpenArchive(DirectionManifest(model::kTorchScriptRuntime), archive, set_);
    if (!model.ok()) return model.status();
    const auto logits = ModelLogits(**model, data_, split_.gate, {});
    if (!logits.ok()) return logits.status();
    const model::Calibration plain{1, {0, 0}, {}};
    return Score(CalibratedProbabilities(*logits, plain), Targets(split_.gate), 2);
  }

  PlantedSet set_;
  std::vector<market::Candle> candles_;
  Dataset data_;
  TimeSplit split_;
  features::Scaler scaler_;
};

TEST_F(LstmNetworkTest, SeesAPlantedFutureAndNothingInShuffledLabels) {
  // The close of the next candle: what a leak looks like.
  MakeData(
      [this](size_t t) {
        return t + 1 < candles_.size() ? 1e4 * (candles_[t + 1].close - candles_[t].close) : 0;
      },
      false);
  LstmOptions options = Tiny();
  ASSERT_OK_AND_ASSIGN(const std::string leaked, Archive(options));
  ASSERT_OK_AND_ASSIGN(const Scores leak, GateScores(leaked));
  EXPECT_GT(leak.auc, 0.95);
  const auto leaked_logistic = Logistic(data_, scaler_, split_.fit, split_.gate, 2);
  EXPECT_GT(Score(leaked_logistic, Targets(split_.gate), 2).auc, 0.95);

  MakeData([](size_t) { return 1.0; }, true);
  ASSERT_OK_AND_ASSIGN(const std::string honest, Archive(options));
  ASSERT_OK_AND_ASSIGN(const Scores noise, GateScores(honest));
  EXPECT_NEAR(noise.auc, 0.5, 0.08);  // 450 samples: standard deviation 0.027
}

TEST_F(LstmNetworkTest, SameSeedGivesTheSameBits) {
  MakeData([](size_t t) { return static_cast<double>(t % 24); }, false);
  LstmOptions options = Tiny();
  options.max_epochs = 2;
  ASSERT_OK_AND_ASSIGN(const std::string first, Archive(options));
  ASSERT_OK_AND_ASSIGN(const std::string second, Archive(options));
  EXPECT_EQ(base::Sha256Hex(first), base::Sha256Hex(second));
  options.seed = 2;
  ASSERT_OK_AND_ASSIGN(const std::string other, Archive(options));
  EXPECT_NE(base::Sha256Hex(first), base::Sha256Hex(other));
}

TEST_F(LstmNetworkTest, StopsEarlyWithTheBestWeights) {
  MakeData([](size_t t) { return static_cast<double>(t % 24); }, true);
  LstmOptions options = Tiny();
  options.learning_rate = 0.1;  // overfits at once
  options.max_epochs = 12;
  options.patience = 2;
  options.lr_patience = 1;
  LstmNetwork network(data_, scaler_, options);
  FakeClock clock;
  std::vector<EpochReport> epochs;
  ASSERT_OK_AND_ASSIGN(const FitSummary summary,
                       network.Fit(split_.fit, split_.stop, clock,
                                   [&](const EpochReport& epoch) { epochs.push_back(epoch); }, {}));
  ASSERT_EQ(epochs.size(), static_cast<size_t>(summary.epochs));
  ASSERT_LT(summary.epochs, 12);
  EXPECT_EQ(summary.epochs, summary.best_epoch + 2);
  EXPECT_LT(epochs.back().learning_rate, 0.1);
  double best = 1e9;
  for (const EpochReport& epoch : epochs) {
    EXPECT_EQ(epoch.best, epoch.validation_loss < best);
    best = std::min(best, epoch.validation_loss);
  }
  EXPECT_EQ(summary.best_loss, best);
  // The archive holds the weights of the best epoch: it gives that epoch's loss.
  ASSERT_OK_AND_ASSIGN(const std::string archive, network.Archive());
  split_.gate = split_.stop;
  ASSERT_OK_AND_ASSIGN(const Scores scores, GateScores(archive));
  EXPECT_NEAR(scores.log_loss, best, 1e-5);
}

TEST_F(LstmNetworkTest, ImportanceFindsTheColumnThatMatters) {
  MakeData(
      [this](size_t t) {
        return t + 1 < candles_.size() ? 1e4 * (candles_[t + 1].close - candles_[t].close) : 0;
      },
      false);
  LstmNetwork network(data_, scaler_, Tiny());
  FakeClock clock;
  ASSERT_THAT(network.Fit(split_.fit, split_.stop, clock, {}, {}), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::vector<double> shares, network.Importance(split_.calibration));
  ASSERT_EQ(shares.size(), 2u);
  EXPECT_NEAR(shares[0] + shares[1], 1, 1e-12);
  EXPECT_GT(shares[1], 0.8);
}

TEST_F(LstmNetworkTest, CanBeCancelled) {
  MakeData([](size_t) { return 1.0; }, false);
  LstmNetwork network(data_, scaler_, Tiny());
  FakeClock clock;
  int batches = 0;
  EXPECT_THAT(network.Fit(split_.fit, split_.stop, clock, {}, [&] { return ++batches > 3; }),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("cancelled")));
  EXPECT_EQ(batches, 4);
}

TEST_F(LstmNetworkTest, TheDirectKernelComputesWhatLibTorchDoes) {
  MakeData([](size_t) { return 1.0; }, false);
  ASSERT_OK_AND_ASSIGN(const std::string archive, Archive(Tiny()));
  ASSERT_OK_AND_ASSIGN(
      const auto direct,
      model::OpenArchive(DirectionManifest(model::kLstmF32Runtime), archive, set_));
  EXPECT_THAT(direct->kernel(), ::testing::StartsWith("lstm-f32-"));
  ASSERT_OK_AND_ASSIGN(
      const auto reference,
      model::OpenArchive(DirectionManifest(model::kTorchScriptRuntime), archive, set_));
  ASSERT_OK_AND_ASSIGN(const auto ours, ModelLogits(*direct, data_, split_.gate, {}));
  ASSERT_OK_AND_ASSIGN(const auto theirs, ModelLogits(*reference, data_, split_.gate, {}));
  ASSERT_EQ(ours.size(), theirs.size());
  for (size_t i = 0; i < ours.size(); ++i) ASSERT_NEAR(ours[i], theirs[i], 1e-5) << i;
}

TEST_F(LstmNetworkTest, TheDirectKernelRefusesAnotherProgram) {
  MakeData([](size_t) { return 1.0; }, false);
  ASSERT_OK_AND_ASSIGN(const std::string archive, Archive(Tiny()));
  ASSERT_OK_AND_ASSIGN(std::vector<model::NamedTensor> tensors, model::ReadTorchScript(archive));
  const model::Manifest manifest = DirectionManifest(model::kLstmF32Runtime);
  // The same tensors, but nothing of the recurrence.
  ASSERT_OK_AND_ASSIGN(const std::string other, model::WriteTorchScript(tensors, R"(
def forward(self, x: Tensor) -> Tensor:
    return torch.zeros([x.size(0), 2]) + self.output_bias
)"));
  EXPECT_THAT(model::OpenArchive(manifest, other, set_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("where LibTorch gives")));
  std::erase_if(tensors, [](const auto& tensor) { return tensor.name == "lstm2_bias_hh"; });
  ASSERT_OK_AND_ASSIGN(const std::string without, model::WriteTorchScript(tensors, R"(
def forward(self, x: Tensor) -> Tensor:
    return torch.zeros([x.size(0), 2]) + self.output_bias
)"));
  EXPECT_THAT(
      model::OpenArchive(manifest, without, set_),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no tensor lstm2_bias_hh")));
}

}  // namespace
}  // namespace aifx::training
