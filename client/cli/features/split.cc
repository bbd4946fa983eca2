#include "client/cli/features/split.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"
#include "core/dataset/time_split.h"

namespace aifx::cli {
namespace {

constexpr char kTrainUntil[] = "--train-until";
constexpr char kValidationUntil[] = "--validation-until";

std::optional<double> ShareOf(absl::string_view text) {
  double share = 0;
  if (!absl::SimpleAtod(text, &share) || !(share > 0 && share < 1)) return std::nullopt;
  return share;
}

absl::StatusOr<SplitPoint> ParsePoint(absl::string_view option, absl::string_view text) {
  SplitPoint point{.text = std::string(text), .time = std::nullopt};
  if (const std::optional<double> share = ShareOf(text); share.has_value()) {
    point.share = *share;
    return point;
  }
  const absl::StatusOr<absl::Time> time = ParseTimeWord(text);
  if (!time.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(option, ": ", time.status().message(),
                     "; a share of the rows is a number between 0 and 1, such as 0.7"));
  }
  point.time = *time;
  return point;
}

// The row behind the part, where its end is a share.
int64_t IndexOf(const SplitPoint& end, int64_t rows) {
  return static_cast<int64_t>(dataset::RowsOfShare(end.share, static_cast<size_t>(rows)));
}

}  // namespace

absl::StatusOr<SplitPlan> ParseSplit(absl::string_view train_until,
                                     absl::string_view validation_until) {
  SplitPlan plan;
  AIFX_ASSIGN_OR_RETURN(plan.train_until, ParsePoint(kTrainUntil, train_until));
  AIFX_ASSIGN_OR_RETURN(plan.validation_until, ParsePoint(kValidationUntil, validation_until));
  const SplitPoint& train = plan.train_until;
  const SplitPoint& validation = plan.validation_until;
  const std::string both =
      absl::StrCat(kTrainUntil, " ", train.text, " and ", kValidationUntil, " ", validation.text);
  // A time and a share are compared once the rows are known (CheckSplit).
  if (train.time.has_value() != validation.time.has_value()) return plan;
  if (train.time.has_value() ? *validation.time > *train.time : validation.share > train.share) {
    return plan;
  }
  const bool shares = !train.time.has_value();
  return absl::InvalidArgumentError(absl::StrCat(
      both, ": the second must be after the first",
      shares ? "; shares count from the start: 0.7 and 0.85 leave 15 % for test" : ""));
}

Splitter::Splitter(const SplitPlan& plan, int64_t rows) {
  const SplitPoint* points[] = {&plan.train_until, &plan.validation_until};
  for (size_t i = 0; i < ends_.size(); ++i) {
    ends_[i] = {points[i]->time, IndexOf(*points[i], rows)};
  }
}

size_t Splitter::PartOf(int64_t index, absl::Time known) const {
  size_t part = 0;
  for (const End& end : ends_) {
    if (end.time.has_value() ? known <= *end.time : index < end.index) break;
    ++part;
  }
  return part;
}

void PartCounter::Add(absl::Time known) {
  ++rows_;
  if (plan_.train_until.time.has_value() && known <= *plan_.train_until.time) ++known_by_[0];
  if (plan_.validation_until.time.has_value() && known <= *plan_.validation_until.time) {
    ++known_by_[1];
  }
}

std::array<int64_t, kParts> PartCounter::Count() const {
  const auto end = [&](const SplitPoint& point, int64_t known_by) {
    return point.time.has_value() ? known_by : IndexOf(point, rows_);
  };
  const int64_t train = end(plan_.train_until, known_by_[0]);
  const int64_t validation = std::max(train, end(plan_.validation_until, known_by_[1]));
  return {train, validation - train, rows_ - validation};
}

absl::Status CheckSplit(const SplitPlan& plan, const RowRange& range,
                        const std::array<int64_t, kParts>& rows_of_part) {
  const std::string rows = absl::StrCat(range.rows, " rows open from ", TimeWord(range.first),
                                        " to ", TimeWord(range.last));
  const std::tuple<const char*, const SplitPoint&, int64_t> ends[] = {
      {kTrainUntil, plan.train_until, rows_of_part.front()},
      {kValidationUntil, plan.validation_until, rows_of_part.back()}};
  for (const auto& [option, end, rows_beside] : ends) {
    if (!end.time.has_value() || (rows_beside > 0 && rows_beside < range.rows)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(option, " ", end.text, " is outside the data: ", rows,
                     "; name a time between them, or shares such as 0.7 and 0.85"));
  }
  for (size_t part = 0; part < kParts; ++part) {
    if (rows_of_part[part] > 0) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        kTrainUntil, " ", plan.train_until.text, " and ", kValidationUntil, " ",
        plan.validation_until.text, " leave no rows for ", kPartNames[part], ": ", rows));
  }
  return absl::OkStatus();
}

}  // namespace aifx::cli
