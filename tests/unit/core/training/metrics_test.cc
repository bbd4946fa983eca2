#include "core/training/metrics.h"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <vector>

#include "core/training/calibration.h"
#include "core/training/minimize.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace aifx::training {
namespace {

// Numbers from tests/golden/training/make_metrics.py.
TEST(MetricsTest, AgreeWithAnIndependentImplementation) {
  std::ifstream file("tests/golden/training/metrics.json");
  ASSERT_TRUE(file.good());
  const auto golden = nlohmann::json::parse(file);
  const Scores scores = Score(golden["probabilities"].get<std::vector<double>>(),
                              golden["targets"].get<std::vector<int>>(), 3);
  EXPECT_EQ(scores.samples, 200u);
  EXPECT_EQ(scores.directional, golden["directional"].get<size_t>());
  EXPECT_NEAR(scores.log_loss, golden["log_loss"].get<double>(), 1e-12);
  EXPECT_NEAR(scores.brier, golden["brier"].get<double>(), 1e-12);
  EXPECT_NEAR(scores.accuracy, golden["accuracy"].get<double>(), 1e-12);
  EXPECT_NEAR(scores.auc, golden["auc"].get<double>(), 1e-12);
  EXPECT_NEAR(scores.calibration_slope, golden["calibration_slope"].get<double>(), 1e-6);
  EXPECT_NEAR(scores.calibration_intercept, golden["calibration_intercept"].get<double>(), 1e-6);
  EXPECT_NEAR(scores.expected_calibration_error, golden["expected_calibration_error"].get<double>(),
              1e-12);
}

TEST(MetricsTest, StayFiniteAtTheEdges) {
  EXPECT_EQ(Score({}, {}, 2).samples, 0u);
  const std::vector<double> certain = {1, 0, 0, 1};
  const std::vector<int> wrong = {1, 0};
  const Scores scores = Score(certain, wrong, 2);
  EXPECT_NEAR(scores.log_loss, -std::log(1e-15), 1e-9);
  EXPECT_EQ(scores.auc, 0);
  EXPECT_EQ(scores.brier, 2);
  EXPECT_TRUE(std::isfinite(scores.calibration_slope));
  const std::vector<int> one_sided = {0, 0};
  EXPECT_EQ(Score(certain, one_sided, 2).auc, 0.5);
}

TEST(MinimizeTest, FindsTheMinimumOfABadlyScaledQuadratic) {
  const auto objective = [](absl::Span<const double> x, absl::Span<double> gradient) {
    gradient[0] = 2000 * (x[0] - 3);
    gradient[1] = 0.02 * (x[1] + 5);
    return 1000 * (x[0] - 3) * (x[0] - 3) + 0.01 * (x[1] + 5) * (x[1] + 5);
  };
  const std::vector<double> x = Minimize(objective, {100, 100});
  EXPECT_NEAR(x[0], 3, 1e-6);
  EXPECT_NEAR(x[1], -5, 1e-5);
}

TEST(CalibrationTest, RecoversAKnownSlopeAndIntercept) {
  const model::Calibration truth{0.4, {0.3, -0.5, 0.2}, {}};
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  std::vector<double> logits(3 * 40000);
  for (double& logit : logits) logit = 2 * normal(random);
  const std::vector<double> p = CalibratedProbabilities(logits, truth);
  std::vector<int> targets;
  for (size_t i = 0; i < p.size(); i += 3) {
    const double u = static_cast<double>(random() >> 11) * 0x1p-53;
    targets.push_back(u < p[i] ? 0 : u < p[i] + p[i + 1] ? 1 : 2);
  }
  const model::Calibration found = FitCalibration(logits, targets, 3);
  EXPECT_NEAR(found.slope, 0.4, 0.01);
  for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(found.intercept[c], truth.intercept[c], 0.03);
  // Probabilities that are right already are left as they are.
  EXPECT_LT(Score(CalibratedProbabilities(logits, found), targets, 3).log_loss,
            Score(p, targets, 3).log_loss + 1e-9);
}

TEST(CalibrationTest, FlattensANetworkThatIsWrong) {
  std::vector<double> logits;
  std::vector<int> targets;
  for (int i = 0; i < 1000; ++i) {
    logits.insert(logits.end(), {i % 2 == 0 ? 2.0 : -2.0, 0.0});
    targets.push_back(i % 2 == 0 ? 1 : 0);
  }
  const model::Calibration found = FitCalibration(logits, targets, 2);
  EXPECT_GT(found.slope, 0);
  EXPECT_LT(found.slope, 0.01);
  EXPECT_EQ(FitCalibration({}, {}, 3).slope, 1);
}

TEST(CalibrationTest, EdgeIsTheOneThatTheShareReaches) {
  const std::vector<double> p = {0.1, 0.9, 0.5, 0.5, 0.7, 0.3, 0.45, 0.55};  // .8 0 .4 .1
  EXPECT_NEAR(EdgeForCoverage(p, 2, 0.25), 0.8, 1e-12);
  EXPECT_NEAR(EdgeForCoverage(p, 2, 0.5), 0.4, 1e-12);
  EXPECT_NEAR(EdgeForCoverage(p, 2, 1), 0, 1e-12);
  EXPECT_NEAR(EdgeForCoverage(p, 2, 0), 0.8, 1e-12);
  EXPECT_EQ(EdgeForCoverage({}, 2, 0.5), 0);
}

}  // namespace
}  // namespace aifx::training
