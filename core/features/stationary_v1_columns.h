#ifndef AIFX_CORE_FEATURES_STATIONARY_V1_COLUMNS_H_
#define AIFX_CORE_FEATURES_STATIONARY_V1_COLUMNS_H_

#include <array>
#include <cstddef>

#include "core/features/feature_set.h"

namespace aifx::features::stationary_v1 {

// Positions of the columns in a row.
enum ColumnIndex : size_t {
  kReturn1,
  kReturn2,
  kReturn4,
  kReturn8,
  kReturn24,
  kSmaDistance5,
  kSmaDistance10,
  kSmaDistance20,
  kSmaDistance50,
  kBandPosition20,
  kRsi14,
  kStochastic14,
  kAtr14Against48,
  kVolatility10Against30,
  kBody,
  kRange,
  kGap,
  kAfterBreak,
  kLondonHourSine,
  kLondonHourCosine,
  kNewYorkHourSine,
  kNewYorkHourCosine,
  kWeekdaySine,
  kWeekdayCosine,
  kColumnCount
};

// The longest window: the 50 closes of sma_distance_50.
inline constexpr size_t kMemory = 50;
// sma_distance_* is limited to this many average true ranges on either side.
inline constexpr double kSmaDistanceLimit = 10;

struct ColumnDefinition {
  const char* name;
  ColumnKind kind;
  // Part of the text that is hashed. A change of what a column means must change it, and is then a
  // new set under a new name: models in use were trained on the old one.
  const char* formula;
  size_t memory;  // candles that a value depends on
};

// In the order of ColumnIndex.
extern const std::array<ColumnDefinition, kColumnCount> kColumns;

}  // namespace aifx::features::stationary_v1

#endif  // AIFX_CORE_FEATURES_STATIONARY_V1_COLUMNS_H_
