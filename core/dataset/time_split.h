#ifndef AIFX_CORE_DATASET_TIME_SPLIT_H_
#define AIFX_CORE_DATASET_TIME_SPLIT_H_

#include <array>
#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace aifx::dataset {

enum class Part { kTrain, kValidation, kTest };
inline constexpr std::array kParts = {Part::kTrain, Part::kValidation, Part::kTest};

// "train", "validation", "test": also the names of the parts' folders.
absl::string_view PartName(Part part);

// Up to when a part goes: a time, or the share of all rows that lie before its end, between 0 and
// 1 (RowsOfShare).
using Cut = std::variant<absl::Time, double>;

// How many of `rows` rows, from the start, a share of them is: to the nearest. Rows that are left
// out for an undefined value count, so that a cut does not depend on what is undefined. Whatever
// splits by shares counts this way.
size_t RowsOfShare(double share, size_t rows);

// Training up to train_until, validation up to validation_until, then the test. Where test_until is
// given, the rows after it are training again.
struct SplitRule {
  Cut train_until = 0.70;
  Cut validation_until = 0.85;
  std::optional<Cut> test_until;
  // How many candles after test_until no row is trained on. Absent: as many as a row depends on
  // (SplitInput), so that neither the windows of training nor their warm-up hold candles of the
  // test. Counted in candles: the hours of a closed market are none.
  std::optional<size_t> embargo;
};

// When a row is known, and when the last of its answers is.
struct RowTime {
  absl::Time as_of, end;
};

// What is split.
struct SplitInput {
  absl::Span<const RowTime> rows;  // in time order
  // When each candle closed, ascending, that has a row or would, were no value undefined.
  absl::Span<const absl::Time> closes;
  size_t row_candles = 1;  // that a row depends on: its window and the warm-up before it
};

struct PartRows {
  std::vector<size_t> rows;  // ascending
  size_t purged = 0;         // rows left out because their own answer ends in a later part
  size_t embargoed = 0;
};

struct TimeSplit {
  std::array<PartRows, kParts.size()> parts;
  std::vector<absl::Time> cuts;  // train_until, validation_until and, where given, test_until
  // Where test_until is given: the embargo, and up to when rows fall under it.
  size_t embargo_candles = 0;
  absl::Time embargo_until;

  const PartRows& of(Part part) const { return parts[static_cast<size_t>(part)]; }
  PartRows& of(Part part) { return parts[static_cast<size_t>(part)]; }
};

// Splits rows in time order. A row belongs to the part in which its as_of lies (at a cut: to the
// earlier one). It is purged where its own end lies after the cut that ends its part: no answer
// ever depends on candles of a later part. InvalidArgument, naming the cut, where one has no row
// before or after it (a date outside the data), they are not in order, or they alone leave a part
// without a row; OutOfRange, with the counts, where there are too few rows for the shares or a part
// loses all of its own to purging and embargo. REQUIRES: no span is empty; each row's as_of is one
// of `closes`
absl::StatusOr<TimeSplit> SplitByTime(const SplitInput& input, const SplitRule& rule);

}  // namespace aifx::dataset

#endif  // AIFX_CORE_DATASET_TIME_SPLIT_H_
