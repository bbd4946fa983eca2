#include "core/features/scaler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>

#include "tests/support/status_matchers.h"

namespace aifx::features {
namespace {

using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

auto Invalid(::testing::Matcher<std::string> message) {
  return testing::StatusIs(absl::StatusCode::kInvalidArgument, std::move(message));
}

TEST(ScalerTest, FitsTheFirstRowsOnly) {
  const FeatureMatrix matrix{4, 2, {1, 10, 2, 30, 6, 20, 1e9, -1e9}};
  const Scaler scaler = Scaler::Fit(matrix, 3);
  EXPECT_THAT(scaler.mean, ElementsAre(DoubleNear(3, 1e-12), DoubleNear(20, 1e-12)));
  EXPECT_THAT(scaler.deviation, ElementsAre(DoubleNear(std::sqrt(14.0 / 3), 1e-12),
                                            DoubleNear(std::sqrt(200.0 / 3), 1e-12)));
}

TEST(ScalerTest, ConstantColumnDividesByOne) {
  FeatureMatrix matrix{1000, 1, std::vector<double>(1000, 0.1)};
  const Scaler scaler = Scaler::Fit(matrix, matrix.rows);
  EXPECT_THAT(scaler.mean, ElementsAre(0.1));
  EXPECT_THAT(scaler.deviation, ElementsAre(1.0));
}

TEST(ScalerTest, KeepsItsDigitsFarFromZero) {
  FeatureMatrix matrix{2000, 1, {}};
  for (size_t i = 0; i < matrix.rows; ++i) matrix.values.push_back(1e9 + (i % 2 == 0 ? 1 : -1));
  const Scaler scaler = Scaler::Fit(matrix, matrix.rows);
  EXPECT_DOUBLE_EQ(scaler.mean[0], 1e9);
  EXPECT_DOUBLE_EQ(scaler.deviation[0], 1.0);
}

TEST(ScalerTest, ComesBackFromJsonTextUnchanged) {
  const Scaler scaler{{0.1, -1.0 / 3}, {1e-17, 2.0 / 3}};
  const nlohmann::json json = nlohmann::json::parse(ToJson(scaler).dump());
  ASSERT_OK_AND_ASSIGN(const Scaler back, ScalerFromJson(json, 2));
  EXPECT_EQ(back.mean, scaler.mean);
  EXPECT_EQ(back.deviation, scaler.deviation);
}

TEST(ScalerTest, RefusesWhatIsNotAScaler) {
  const auto parse = [](const char* text) {
    return ScalerFromJson(nlohmann::json::parse(text), 2);
  };
  EXPECT_THAT(parse("[]"), Invalid(HasSubstr("scaler")));
  EXPECT_THAT(parse(R"({"deviation": [1, 1]})"), Invalid(HasSubstr("scaler.mean")));
  EXPECT_THAT(parse(R"({"mean": [1, 1]})"), Invalid(HasSubstr("scaler.deviation")));
  EXPECT_THAT(parse(R"({"mean": [1], "deviation": [1, 1]})"),
              Invalid(AllOf(HasSubstr("scaler.mean"), HasSubstr("1"), HasSubstr("2"))));
  EXPECT_THAT(parse(R"({"mean": [1, "x"], "deviation": [1, 1]})"),
              Invalid(HasSubstr("scaler.mean[1]")));
  EXPECT_THAT(parse(R"({"mean": [1, null], "deviation": [1, 1]})"),
              Invalid(HasSubstr("scaler.mean[1]")));
  EXPECT_THAT(parse(R"({"mean": [1, 1], "deviation": [1, 0]})"),
              Invalid(HasSubstr("scaler.deviation[1] is 0")));
  EXPECT_THAT(parse(R"({"mean": [1, 1], "deviation": [-1, 1]})"),
              Invalid(HasSubstr("scaler.deviation[0] is -1")));
}

}  // namespace
}  // namespace aifx::features
