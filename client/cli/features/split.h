#ifndef AIFX_CLIENT_CLI_FEATURES_SPLIT_H_
#define AIFX_CLIENT_CLI_FEATURES_SPLIT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace aifx::cli {

// The parts of a series, in time order.
inline constexpr size_t kParts = 3;
inline constexpr std::array<absl::string_view, kParts> kPartNames = {"train", "validation", "test"};

// Where a part ends: at a time, or after a share of all rows (dataset::RowsOfShare).
struct SplitPoint {
  std::string text;                // as it was given
  std::optional<absl::Time> time;  // rows known by then are in the part
  double share = 0;                // 0..1 from the start, where there is no time
};

// How a series is split by time into training, validation and test part.
struct SplitPlan {
  SplitPoint train_until, validation_until;
};

// Each end is a time, or a share counted from the start (0.7 and 0.85: 70 %, 15 % and 15 %).
// InvalidArgument naming option and value where one is neither, or of two of a kind the second is
// not after the first.
absl::StatusOr<SplitPlan> ParseSplit(absl::string_view train_until,
                                     absl::string_view validation_until);

// Says to which part a row belongs: by when it is known, which is when its candle closes.
class Splitter {
 public:
  // Of a series of `rows` rows.
  Splitter(const SplitPlan& plan, int64_t rows);

  // The part of the row that is the `index`-th of the series, from 0.
  size_t PartOf(int64_t index, absl::Time known) const;

 private:
  struct End {
    std::optional<absl::Time> time;
    int64_t index;
  };
  std::array<End, kParts - 1> ends_;
};

// Counts the rows of each part while a series is read and nobody knows yet how many there are.
class PartCounter {
 public:
  explicit PartCounter(const SplitPlan& plan) : plan_(plan) {}

  // The next row.
  void Add(absl::Time known);
  // The rows of each part, as a Splitter of all of them splits.
  std::array<int64_t, kParts> Count() const;

 private:
  SplitPlan plan_;
  int64_t rows_ = 0;
  std::array<int64_t, kParts - 1> known_by_{};  // of all rows, where the end is a time
};

// What is known of the rows before they are split.
struct RowRange {
  int64_t rows = 0;
  absl::Time first, last;  // open times
};

// InvalidArgument, naming the option and the range of the rows, where a time lies outside of them
// or a part gets no row. `rows_of_part` is PartCounter's.
absl::Status CheckSplit(const SplitPlan& plan, const RowRange& range,
                        const std::array<int64_t, kParts>& rows_of_part);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_SPLIT_H_
