#include "core/serving/experiment.h"

#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/base/sha256.h"
#include "core/model/version.h"

namespace aifx::serving {
namespace {

constexpr size_t kShownBytes = 100;
constexpr size_t kDigits = 13;                  // of 4 bits
constexpr double kPoints = 4503599627370496.0;  // 2^52
constexpr char kNameRule[] = "[a-z0-9][a-z0-9._-]{0,63}";

}  // namespace

absl::string_view ExperimentKindName(ExperimentKind kind) {
  switch (kind) {
    case ExperimentKind::kAb:
      return "ab";
    case ExperimentKind::kShadow:
      return "shadow";
    case ExperimentKind::kCanary:
      return "canary";
  }
  return "unknown";
}

std::vector<base::FieldViolation> CheckExperiment(const Experiment& experiment) {
  std::vector<base::FieldViolation> violations;
  const auto check_name = [&](const std::string& name, const std::string& field) {
    if (model::IsModelName(name)) return;
    violations.push_back(
        {field, absl::StrCat(field, " \"", name.substr(0, kShownBytes), "\" is not ", kNameRule)});
  };
  check_name(experiment.name, "experiment.name");
  check_name(experiment.model, "experiment.model_name");
  if (!model::IsVersion(experiment.candidate)) {
    violations.push_back({"experiment.candidate_version",
                          absl::StrCat("experiment.candidate_version ", experiment.candidate,
                                       " is not a version (YYYYMMDDhhmmss)")});
  }
  const double percent = experiment.candidate_percent;
  if (!(percent >= 0 && percent <= 100)) {
    violations.push_back(
        {"experiment.candidate_percent",
         absl::StrCat("experiment.candidate_percent ", percent, " is not in 0..100")});
  }
  return violations;
}

std::vector<base::FieldViolation> CheckNewExperiment(const Experiment& experiment) {
  std::vector<base::FieldViolation> violations = CheckExperiment(experiment);
  if (experiment.kind != ExperimentKind::kShadow && experiment.candidate_percent == 100) {
    violations.push_back(
        {"experiment.candidate_percent",
         absl::StrCat("experiment.candidate_percent 100 leaves the champion no candle to compare "
                      "the candidate with: take a smaller share for ",
                      ExperimentKindName(experiment.kind),
                      ", or activate the candidate if it is to answer everybody")});
  }
  return violations;
}

double AssignmentPoint(absl::string_view experiment, const ExperimentUnit& unit) {
  const std::string digest = base::Sha256Hex(
      absl::StrCat(experiment, "\n", unit.pair.ToString(), "\n",
                   market::TimeframeName(unit.timeframe), "\n", absl::ToUnixSeconds(unit.as_of)));
  uint64_t bits = 0;
  std::from_chars(digest.data(), digest.data() + kDigits, bits, 16);
  return static_cast<double>(bits) / kPoints * 100;
}

}  // namespace aifx::serving
