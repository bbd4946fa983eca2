#include "core/dataset/time_split.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"

namespace aifx::dataset {
namespace {

constexpr std::array<absl::string_view, 3> kCutNames = {"train_until", "validation_until",
                                                        "test_until"};
// Which part the rows between two cuts belong to.
constexpr std::array kPartOfSegment = {Part::kTrain, Part::kValidation, Part::kTest, Part::kTrain};

std::string Text(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::string RangeText(absl::Span<const RowTime> rows) {
  return absl::StrCat("rows are known from ", Text(rows.front().as_of), " to ",
                      Text(rows.back().as_of));
}

absl::StatusOr<absl::Time> ResolveShare(double share, absl::string_view name,
                                        absl::Span<const absl::Time> closes) {
  if (!(share > 0 && share < 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is ", share, ", must be a time or a share between 0 and 1"));
  }
  const size_t before = RowsOfShare(share, closes.size());
  if (before > 0 && before < closes.size()) return closes[before - 1];
  return absl::OutOfRangeError(absl::StrCat(closes.size(), " rows are too few for ", name, " ",
                                            share, ": ", before, " of them lie before it"));
}

absl::StatusOr<absl::Time> Resolve(const Cut& cut, absl::string_view name,
                                   const SplitInput& input) {
  if (const double* share = std::get_if<double>(&cut)) {
    return ResolveShare(*share, name, input.closes);
  }
  const absl::Time time = std::get<absl::Time>(cut);
  if (time < input.rows.front().as_of || time >= input.rows.back().as_of) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " ", Text(time), " is outside the data, whose ", RangeText(input.rows)));
  }
  return time;
}

std::string CutText(const Cut& cut, absl::Time time) {
  const double* share = std::get_if<double>(&cut);
  return share == nullptr ? Text(time) : absl::StrCat(*share, " (", Text(time), ")");
}

absl::Status CheckOrder(const std::vector<Cut>& given, const std::vector<absl::Time>& cuts) {
  for (size_t i = 1; i < cuts.size(); ++i) {
    if (cuts[i] > cuts[i - 1]) continue;
    const std::string text =
        absl::StrCat(kCutNames[i], " ", CutText(given[i], cuts[i]), " is not after ",
                     kCutNames[i - 1], " ", CutText(given[i - 1], cuts[i - 1]));
    const double* share = std::get_if<double>(&given[i]);
    const double* share_before = std::get_if<double>(&given[i - 1]);
    // Shares that are in order meet where rows are few.
    const bool few = share != nullptr && share_before != nullptr && *share > *share_before;
    return few ? absl::OutOfRangeError(text) : absl::InvalidArgumentError(text);
  }
  return absl::OkStatus();
}

std::vector<Cut> CutsOf(const SplitRule& rule) {
  std::vector<Cut> given = {rule.train_until, rule.validation_until};
  if (rule.test_until.has_value()) given.push_back(*rule.test_until);
  return given;
}

absl::StatusOr<std::vector<absl::Time>> ResolveCuts(const SplitInput& input,
                                                    const SplitRule& rule) {
  const std::vector<Cut> given = CutsOf(rule);
  std::vector<absl::Time> cuts;
  for (size_t i = 0; i < given.size(); ++i) {
    AIFX_ASSIGN_OR_RETURN(const absl::Time cut, Resolve(given[i], kCutNames[i], input));
    cuts.push_back(cut);
  }
  AIFX_RETURN_IF_ERROR(CheckOrder(given, cuts));
  return cuts;
}

// When the last candle under the embargo closed.
absl::Time EmbargoUntil(absl::Time test_until, size_t candles,
                        absl::Span<const absl::Time> closes) {
  const auto after = static_cast<size_t>(
      std::upper_bound(closes.begin(), closes.end(), test_until) - closes.begin());
  if (candles == 0 || after == closes.size()) return test_until;
  return closes[std::min(candles, closes.size() - after) + after - 1];
}

// The cuts that the part lies between, with their times.
std::string BoundsText(Part part, const SplitRule& rule, absl::Span<const absl::Time> cuts) {
  const std::vector<Cut> given = CutsOf(rule);
  const auto end = static_cast<size_t>(part);
  std::vector<std::string> bounds;
  for (size_t i = end == 0 ? 0 : end - 1; i <= end && i < cuts.size(); ++i) {
    bounds.push_back(absl::StrCat(kCutNames[i], " ", CutText(given[i], cuts[i])));
  }
  return absl::StrJoin(bounds, " and ");
}

absl::Status CheckNotEmpty(const TimeSplit& split, const SplitInput& input, const SplitRule& rule) {
  for (const Part part : kParts) {
    const PartRows& rows = split.of(part);
    if (!rows.rows.empty()) continue;
    if (rows.purged + rows.embargoed == 0) {
      return absl::InvalidArgumentError(absl::StrCat(BoundsText(part, rule, split.cuts),
                                                     " leave no row for the part ", PartName(part),
                                                     ": ", RangeText(input.rows)));
    }
    return absl::OutOfRangeError(absl::StrCat(
        "no row is left in the part ", PartName(part), ": ", rows.purged,
        " purged because their answers end in a later part, ", rows.embargoed, " embargoed"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view PartName(Part part) {
  switch (part) {
    case Part::kTrain:
      return "train";
    case Part::kValidation:
      return "validation";
    case Part::kTest:
      return "test";
  }
  return "";
}

size_t RowsOfShare(double share, size_t rows) {
  return static_cast<size_t>(std::llround(share * static_cast<double>(rows)));
}

absl::StatusOr<TimeSplit> SplitByTime(const SplitInput& input, const SplitRule& rule) {
  TimeSplit split;
  AIFX_ASSIGN_OR_RETURN(split.cuts, ResolveCuts(input, rule));
  if (rule.test_until.has_value()) {
    split.embargo_candles = rule.embargo.value_or(input.row_candles);
    split.embargo_until = EmbargoUntil(split.cuts.back(), split.embargo_candles, input.closes);
  }
  size_t segment = 0;
  for (size_t i = 0; i < input.rows.size(); ++i) {
    const RowTime& row = input.rows[i];
    while (segment < split.cuts.size() && row.as_of > split.cuts[segment]) ++segment;
    PartRows& part = split.of(kPartOfSegment[segment]);
    const bool follows_test = segment == 3;
    if (segment < split.cuts.size() && row.end > split.cuts[segment]) {
      ++part.purged;
    } else if (follows_test && row.as_of <= split.embargo_until) {
      ++part.embargoed;
    } else {
      part.rows.push_back(i);
    }
  }
  AIFX_RETURN_IF_ERROR(CheckNotEmpty(split, input, rule));
  return split;
}

}  // namespace aifx::dataset
