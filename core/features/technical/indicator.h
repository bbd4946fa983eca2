#ifndef AIFX_CORE_FEATURES_TECHNICAL_INDICATOR_H_
#define AIFX_CORE_FEATURES_TECHNICAL_INDICATOR_H_

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"
#include "core/features/technical/workspace.h"

namespace aifx::features {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// A recursive column never forgets its first value; after so many candles the slowest one (ema_200)
// holds less than 1e-9 of it: (1 - 2/201)^2100 = 7e-10.
inline constexpr size_t kRecursiveMemory = 2100;

// What TA-Lib takes for 0 where it divides by a Wilder average (its TA_EPSILON).
inline constexpr double kTaLibZero = 1e-14;

// One column that an indicator computes, in one convention.
struct IndicatorColumn {
  Column column;
  // Part of the text that is hashed: a changed meaning must change it.
  std::string formula;
  // The first row that has a value, counted from the first candle of the series.
  size_t first_row = 0;
  // How many candles (its own included) a value depends on; 0: recursive, kRecursiveMemory.
  size_t memory = 1;
  // Whether it uses Workspace::context_close.
  bool context = false;

  bool recursive() const { return memory == 0; }
};

// A column in units of the price (its values follow the price's scale); `shift` as in Column.
IndicatorColumn PriceColumn(std::string name, std::string formula, size_t first_row, size_t memory,
                            PriceShift shift);
// A column without a unit; `shift` as in Column.
IndicatorColumn RatioColumn(std::string name, std::string formula, size_t first_row, size_t memory,
                            PriceShift shift = PriceShift::kNone);

// Computes the columns of its family, chunk by chunk. Not thread-safe.
class Indicator {
 public:
  virtual ~Indicator() = default;

  // Forgets what it keeps outside the workspace.
  virtual void Restart() {}

  // Writes the chunk's rows of column k of the family to out[k][0 .. chunk.size()); out[k] is null
  // where the column is not wanted. Rows before first_row may hold anything. Must not depend on how
  // the series is cut into chunks, and must not allocate.
  virtual void Compute(const Chunk& chunk, absl::Span<double* const> out) = 0;
};

// Which columns of a family somebody wants, by index.
using Wanted = std::vector<bool>;

// What one file of this folder offers. families.h lists them all.
struct IndicatorFamily {
  // Its columns in that convention; none where it has no definition there. kReference and kTaLib
  // have the same names.
  std::vector<IndicatorColumn> (*columns)(Convention convention);
  // Makes an indicator on the workspace, which must outlive it. FailedPrecondition where the system
  // lacks something, such as a time zone.
  absl::StatusOr<std::unique_ptr<Indicator>> (*make)(Workspace& workspace, Convention convention,
                                                     const Wanted& wanted);
};

// `make` of a family whose indicator T has a constructor (Workspace&, Convention, const Wanted&).
template <typename T>
absl::StatusOr<std::unique_ptr<Indicator>> MakeIndicator(Workspace& workspace,
                                                         Convention convention,
                                                         const Wanted& wanted) {
  return std::make_unique<T>(workspace, convention, wanted);
}
// The same where each convention is computed by an indicator of its own.
template <typename Reference, typename TaLib>
absl::StatusOr<std::unique_ptr<Indicator>> MakeByConvention(Workspace& workspace,
                                                            Convention convention,
                                                            const Wanted& wanted) {
  return convention == Convention::kTaLib ? MakeIndicator<TaLib>(workspace, convention, wanted)
                                          : MakeIndicator<Reference>(workspace, convention, wanted);
}

// A column of the engine's own sets: without a unit, from its first whole window on.
IndicatorColumn EngineColumn(std::string name, ColumnKind kind, std::string formula, size_t memory);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_INDICATOR_H_
