#include "core/features/technical/row_copy.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/status_matchers.h"
#include "tests/unit/core/features/candle_series.h"
#include "tests/unit/core/features/every_set.h"

namespace aifx::features {
namespace {

// Whatever the number of columns and rows, the alignment and the stores.
TEST(RowCopyTest, TransposesEveryShape) {
  constexpr size_t kStride = 40;
  for (const size_t count : {1, 2, 5, 38, 49}) {
    std::vector<double> columns(count * kStride);
    for (size_t i = 0; i < columns.size(); ++i) columns[i] = static_cast<double>(i) + 0.5;
    for (const size_t first : {0, 1, 6}) {
      for (const size_t last : {6, 7, 33}) {
        for (const size_t shift : {0, 1}) {
          for (const RowStores stores : {RowStores::kCached, RowStores::kStreaming}) {
            std::vector<double> out((last - first) * count + shift + 1, -1);
            CopyRows({columns.data(), kStride, count}, first, last, stores, out.data() + shift);
            for (size_t i = first; i < last; ++i) {
              for (size_t c = 0; c < count; ++c) {
                ASSERT_EQ(out[shift + (i - first) * count + c], columns[c * kStride + i]);
              }
            }
            EXPECT_EQ(out.back(), -1) << "wrote behind the end";
          }
        }
      }
    }
  }
}

// A result beyond kStreamingBytes has the same bits as its columns.
TEST(RowCopyTest, LongHistoriesComeOutTheSame) {
  const std::vector<market::Candle> candles = LivelyCandles(20'000, 60);
  const FeatureSet& set = **FindFeatureSet("v3.2");
  FeatureMatrix rows;
  FeatureColumns columns;
  ASSERT_OK(set.Build(candles, rows));
  ASSERT_OK(set.ComputeColumns(candles, columns));
  ASSERT_GT(rows.values.size() * sizeof(double), kStreamingBytes);
  for (size_t c = 0; c < rows.columns; ++c) {
    for (size_t r = 0; r < rows.rows; ++r) ASSERT_EQ(rows.Row(r)[c], columns.Column(c)[r]) << r;
  }
}

}  // namespace
}  // namespace aifx::features
