// Its own program because loaded time zones are cached for the whole process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/features/feature_set.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/features/candle_series.h"

namespace aifx::features {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::Each;
using ::testing::HasSubstr;

// Gives the row of the first candle; then fails before it writes anything.
class FailingSet final : public FeatureSet {
 public:
  const std::string& name() const override { return name_; }
  const std::vector<Column>& columns() const override { return columns_; }
  size_t memory() const override { return 1; }
  const std::string& hash() const override { return name_; }
  absl::Status Build(const FeatureInput&, FeatureMatrix& out) const override {
    if (failed_) return absl::FailedPreconditionError("nothing to compute with");
    failed_ = true;
    out.values = {1, 2};
    return absl::OkStatus();
  }

 private:
  std::string name_ = "failing";
  std::vector<Column> columns_ = {{"a"}, {"b"}};
  mutable bool failed_ = false;
};

TEST(FeatureStreamFailureTest, ASetWithoutItsTimeZonesGivesNoStream) {
  ASSERT_EQ(::setenv("TZDIR", "/nonexistent", 1), 0);
  for (const char* name : {"stationary-v1", "stationary-v2"}) {
    ASSERT_OK_AND_ASSIGN(const FeatureSet* set, FindFeatureSet(name));
    EXPECT_THAT(set->NewStream(),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("time zone")))
        << name;
  }
}

TEST(FeatureStreamFailureTest, ARowThatCannotBeComputedIsUndefined) {
  const FailingSet set;
  ASSERT_OK_AND_ASSIGN(const auto stream, set.NewStream());
  const std::vector<market::Candle> candles = FlatCandles(2, 1.1);
  EXPECT_EQ(std::vector<double>({1, 2}), stream->Next(candles[0]));
  EXPECT_THAT(stream->Next(candles[1]),
              Each(::testing::ResultOf([](double v) { return std::isnan(v); }, true)));
}

}  // namespace
}  // namespace aifx::features
