#include "core/dataset/column_scaler.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace aifx::dataset {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;

const double kNan = std::nan("");

// Columns: plain, constant and large, with holes, without any value.
const features::FeatureMatrix kMatrix = {.rows = 4,
                                         .columns = 4,
                                         .values = {1, 1e9 / 3, kNan, kNan,  //
                                                    3, 1e9 / 3, 10, kNan,    //
                                                    500, 7, 500, 500,        // not learned from
                                                    5, 1e9 / 3, 20, kNan}};
constexpr size_t kRows[] = {0, 1, 3};

TEST(ColumnScalerTest, StandardLeavesMissingValuesOut) {
  const ColumnScaler scaler = ColumnScaler::Fit(Scaling::kStandard, kMatrix, kRows);
  EXPECT_THAT(scaler.offset, ElementsAre(DoubleEq(3), DoubleEq(1e9 / 3), DoubleEq(15), 0));
  EXPECT_THAT(scaler.divisor, ElementsAre(DoubleEq(std::sqrt(8.0 / 3)), 1, DoubleEq(5), 1));
  EXPECT_DOUBLE_EQ(scaler.Scale(20, 2), 1);
  EXPECT_EQ(scaler.Scale(1e9 / 3, 1), 0);
  EXPECT_TRUE(std::isnan(scaler.Scale(kNan, 2)));
  EXPECT_EQ(scaler.rows, 3);
}

TEST(ColumnScalerTest, MinMaxLeavesMissingValuesOut) {
  const ColumnScaler scaler = ColumnScaler::Fit(Scaling::kMinMax, kMatrix, kRows);
  EXPECT_THAT(scaler.offset, ElementsAre(1, 1e9 / 3, 10, 0));
  EXPECT_THAT(scaler.divisor, ElementsAre(4, 1, 10, 1));
  EXPECT_DOUBLE_EQ(scaler.Scale(3, 0), 0.5);
  EXPECT_DOUBLE_EQ(scaler.Scale(25, 2), 1.5) << "later values may lie outside of what was learned";
}

}  // namespace
}  // namespace aifx::dataset
