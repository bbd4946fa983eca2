#include "core/model/precision_record.h"

#include <algorithm>
#include <cmath>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "core/model/strict_json.h"

namespace aifx::model {
namespace {

// A flat calibration hides any difference; one beyond this is not one of rounding.
constexpr double kMostLogitDifference = 0.25;

// -1: the first class, 1: the last, 0: hold.
int SignalOf(absl::Span<const double> probabilities, double min_edge) {
  const double edge = probabilities.back() - probabilities.front();
  const double likelier = std::max(probabilities.front(), probabilities.back());
  const double likeliest = *std::max_element(probabilities.begin(), probabilities.end());
  if (edge == 0 || std::abs(edge) < min_edge || likelier < likeliest) return 0;
  return edge > 0 ? 1 : -1;
}

absl::StatusOr<PrecisionRecord> FromJson(const nlohmann::json& json, absl::string_view what) {
  StrictObject object(json, what);
  PrecisionRecord record;
  record.kernel = object.String("kernel");
  record.windows = object.Int("windows");
  record.largest_difference = object.Number("largest_probability_difference");
  record.mean_difference = object.Number("mean_probability_difference");
  record.changed_signals = object.Number("changed_signals");
  AIFX_RETURN_IF_ERROR(object.Finish());
  return record;
}

absl::Status Refused(Precision precision, absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat(PrecisionName(precision), " may not serve: ", why, "; serve the model in f32"));
}

}  // namespace

PrecisionRecord ComparePrecision(const Manifest& manifest, const std::string& kernel,
                                 absl::Span<const double> float32,
                                 absl::Span<const double> narrow) {
  const size_t classes = manifest.classes.size();
  PrecisionRecord record{.kernel = kernel,
                         .windows = static_cast<int64_t>(float32.size() / classes)};
  for (size_t i = 0; i < float32.size(); ++i) {
    const double difference = std::abs(float32[i] - narrow[i]);
    record.largest_difference = std::max(record.largest_difference, difference);
    record.mean_difference += difference / static_cast<double>(float32.size());
  }
  const double min_edge = manifest.decision.min_edge;
  int64_t changed = 0;
  for (size_t i = 0; i < float32.size(); i += classes) {
    changed += SignalOf(float32.subspan(i, classes), min_edge) !=
               SignalOf(narrow.subspan(i, classes), min_edge);
  }
  record.changed_signals = static_cast<double>(changed) / static_cast<double>(record.windows);
  return record;
}

nlohmann::json ToJson(const PrecisionRecord& record) {
  return {{"kernel", record.kernel},
          {"windows", record.windows},
          {"largest_probability_difference", record.largest_difference},
          {"mean_probability_difference", record.mean_difference},
          {"changed_signals", record.changed_signals}};
}

absl::Status CheckPrecisionRecord(const Manifest& manifest, Precision precision) {
  if (precision == Precision::kFloat32) return absl::OkStatus();
  const std::string name(PrecisionName(precision));
  const auto all = manifest.metrics.find("precision");
  if (all == manifest.metrics.end() || !all->is_object() || !all->contains(name)) {
    return Refused(precision, absl::StrCat("the manifest's metrics have no precision.", name,
                                           ", which training records"));
  }
  const nlohmann::json& entry = (*all)[name];
  if (entry.is_object() && entry.contains("refused")) {
    return Refused(precision, absl::StrCat("training's check: ", DumpJson(entry["refused"])));
  }
  AIFX_ASSIGN_OR_RETURN(const PrecisionRecord record,
                        FromJson(entry, absl::StrCat("manifest: metrics.precision.", name)));
  if (record.windows < 1) return Refused(precision, "it was recorded on no window");
  if (!(record.largest_difference <= kLargestProbabilityDifference)) {
    return Refused(precision,
                   absl::StrFormat("it moved a probability by %.4f in training's check, %.4f is "
                                   "the most",
                                   record.largest_difference, kLargestProbabilityDifference));
  }
  if (!(record.changed_signals <= kMostChangedSignals)) {
    return Refused(precision,
                   absl::StrFormat("it changed %.4f of the signals in training's check, %.4f is "
                                   "the most",
                                   record.changed_signals, kMostChangedSignals));
  }
  return absl::OkStatus();
}

double NarrowLogitTolerance(const Manifest& manifest) {
  return std::min(kMostLogitDifference,
                  2 * kLargestProbabilityDifference / manifest.calibration.slope);
}

}  // namespace aifx::model
