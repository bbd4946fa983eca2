#include "core/dataset/time_split.h"

#include "absl/strings/str_cat.h"
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

absl::StatusOr<absl::Time> Resolve(const Cut& cut, absl::string_view name,
                                   absl::Span<const RowTime> rows) {
  if (const double* share = std::get_if<double>(&cut)) {
    if (!(*share > 0 && *share < 1)) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, " is ", *share, ", must be a time or a share between 0 and 1"));
    }
    const auto before = static_cast<size_t>(*share * static_cast<double>(rows.size()));
    if (before == 0) {
      return absl::OutOfRangeError(
          absl::StrCat(rows.size(), " rows are too few for a part that ends at ", *share));
    }
    return rows[before - 1].as_of;
  }
  const absl::Time time = std::get<absl::Time>(cut);
  if (time < rows.front().as_of || time >= rows.back().as_of) {
    return absl::InvalidArgumentError(absl::StrCat(name, " ", Text(time),
                                                   " is outside the data, whose rows are known "
                                                   "from ",
                                                   Text(rows.front().as_of), " to ",
                                                   Text(rows.back().as_of)));
  }
  return time;
}

absl::StatusOr<std::vector<absl::Time>> ResolveCuts(absl::Span<const RowTime> rows,
                                                    const SplitRule& rule) {
  std::vector<Cut> given = {rule.train_until, rule.validation_until};
  if (rule.test_until.has_value()) given.push_back(*rule.test_until);
  std::vector<absl::Time> cuts;
  for (size_t i = 0; i < given.size(); ++i) {
    AIFX_ASSIGN_OR_RETURN(const absl::Time cut, Resolve(given[i], kCutNames[i], rows));
    if (i > 0 && cut <= cuts.back()) {
      return absl::InvalidArgumentError(absl::StrCat(kCutNames[i], " ", Text(cut), " is not after ",
                                                     kCutNames[i - 1], " ", Text(cuts.back())));
    }
    cuts.push_back(cut);
  }
  return cuts;
}

// Whether a row after the test is too close to it to be trained on.
bool IsEmbargoed(const RowTime& row, absl::Time test_until, const SplitRule& rule) {
  return rule.embargo.has_value() ? row.as_of <= test_until + *rule.embargo
                                  : row.oldest <= test_until;
}

absl::Status CheckNotEmpty(const TimeSplit& split) {
  for (const Part part : kParts) {
    const PartRows& rows = split.of(part);
    if (!rows.rows.empty()) continue;
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

absl::StatusOr<TimeSplit> SplitByTime(absl::Span<const RowTime> rows, const SplitRule& rule) {
  TimeSplit split;
  AIFX_ASSIGN_OR_RETURN(split.cuts, ResolveCuts(rows, rule));
  size_t segment = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    while (segment < split.cuts.size() && rows[i].as_of > split.cuts[segment]) ++segment;
    PartRows& part = split.of(kPartOfSegment[segment]);
    const bool follows_test = segment == 3;
    if (segment < split.cuts.size() && rows[i].end > split.cuts[segment]) {
      ++part.purged;
    } else if (follows_test && IsEmbargoed(rows[i], split.cuts.back(), rule)) {
      ++part.embargoed;
    } else {
      part.rows.push_back(i);
    }
  }
  AIFX_RETURN_IF_ERROR(CheckNotEmpty(split));
  return split;
}

}  // namespace aifx::dataset
