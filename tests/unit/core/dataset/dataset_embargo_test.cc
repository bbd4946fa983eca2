// Training that follows the test must not hold any of its candles, in a window or in what a
// window's features look back to.
#include "core/dataset/dataset.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/dataset/dataset_fixture.h"

namespace aifx::dataset {
namespace {

using ::aifx::testing::Time;

// The test part from 9 July to Friday 13 July, at the end of the week; training goes on behind it.
DatasetSpec TrainedAfterTheTest() {
  DatasetSpec spec = SmallSpec();
  spec.split.test_until = Time("2018-07-13T21:00:00Z");
  return spec;
}

// Whether training rows are the same where the candles of the test part are others.
bool TrainingIsBlindTo(const DatasetSpec& spec) {
  const auto candles = SmallCandles(900);
  auto changed = candles;
  for (market::Candle& candle : changed) {
    const absl::Time close = candle.open_time + absl::Hours(1);
    if (close > Time("2018-07-09T00:00:00Z") && close <= Time("2018-07-13T21:00:00Z")) {
      Invert(candle);
    }
  }
  const Dataset a = Dataset::Build(spec, {.candles = candles}).value();
  const Dataset b = Dataset::Build(spec, {.candles = changed}).value();
  EXPECT_EQ(a.split().of(Part::kTrain).rows, b.split().of(Part::kTrain).rows);
  bool same = a.technical_scaler()->offset == b.technical_scaler()->offset &&
              a.technical_scaler()->divisor == b.technical_scaler()->divisor;
  std::vector<float> scratch, other_scratch;
  for (const size_t r : a.split().of(Part::kTrain).rows) {
    same = same && a.Window(a.rows()[r], scratch) == b.Window(b.rows()[r], other_scratch);
  }
  return same;
}

TEST(DatasetEmbargoTest, TrainingAfterTheTestKnowsNothingOfIt) {
  DatasetSpec spec = TrainedAfterTheTest();
  EXPECT_TRUE(TrainingIsBlindTo(spec));
  // All candles that a row depends on: its window of 8 and a memory of 50, its own counted once.
  const auto candles = SmallCandles(900);
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(spec, {.candles = candles}));
  EXPECT_EQ(data.split().embargo_candles, 57);
  EXPECT_EQ(data.split().of(Part::kTrain).embargoed, 57);
  // As many hours would end within the weekend: the windows would be the test's own candles.
  EXPECT_EQ(data.split().embargo_until, Time("2018-07-18T06:00:00Z"));
  spec.split.embargo = 0;
  EXPECT_FALSE(TrainingIsBlindTo(spec)) << "the test would see nothing";
  spec.split.embargo = 8;
  EXPECT_FALSE(TrainingIsBlindTo(spec)) << "the warm-up still holds candles of the test";
}

}  // namespace
}  // namespace aifx::dataset
