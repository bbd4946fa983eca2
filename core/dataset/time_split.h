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
// 1.
using Cut = std::variant<absl::Time, double>;

// Training up to train_until, validation up to validation_until, then the test. Where test_until is
// given, the rows after it are training again.
struct SplitRule {
  Cut train_until = 0.70;
  Cut validation_until = 0.85;
  std::optional<Cut> test_until;
  // How long after test_until no row is trained on. Absent: as long as their windows hold candles
  // of the test.
  std::optional<absl::Duration> embargo;
};

// When a row is known, when the last of its answers is, and when the oldest candle of its window
// closed.
struct RowTime {
  absl::Time as_of, end;
  absl::Time oldest = absl::InfiniteFuture();
};

struct PartRows {
  std::vector<size_t> rows;  // ascending
  size_t purged = 0;         // rows left out because their own answer ends in a later part
  size_t embargoed = 0;
};

struct TimeSplit {
  std::array<PartRows, kParts.size()> parts;
  std::vector<absl::Time> cuts;  // train_until, validation_until and, where given, test_until

  const PartRows& of(Part part) const { return parts[static_cast<size_t>(part)]; }
  PartRows& of(Part part) { return parts[static_cast<size_t>(part)]; }
};

// Splits rows in time order. A row belongs to the part in which its as_of lies (at a cut: to the
// earlier one). It is purged where its own end lies after the cut that ends its part: no answer
// ever depends on candles of a later part. InvalidArgument, naming the cut, where one has no row
// before or after it (a date outside the data), or they are not in order; OutOfRange, with the
// counts, where a part is left without a row. REQUIRES: !rows.empty()
absl::StatusOr<TimeSplit> SplitByTime(absl::Span<const RowTime> rows, const SplitRule& rule);

}  // namespace aifx::dataset

#endif  // AIFX_CORE_DATASET_TIME_SPLIT_H_
