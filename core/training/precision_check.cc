#include "core/training/precision_check.h"

#include <memory>
#include <vector>

#include "core/base/status_macros.h"
#include "core/features/feature_set.h"
#include "core/model/lstm_runtime.h"
#include "core/model/precision_record.h"
#include "core/training/calibration.h"
#include "core/training/evaluation.h"

namespace aifx::training {

absl::StatusOr<nlohmann::json> MeasurePrecisions(const model::Manifest& manifest,
                                                 const std::string& archive, const Dataset& data,
                                                 absl::Span<const Sample> samples,
                                                 const std::function<bool()>& is_cancelled) {
  AIFX_ASSIGN_OR_RETURN(const features::FeatureSet* set,
                        features::FindFeatureSet(manifest.feature_set));
  const auto probabilities = [&](const model::Model& model) -> absl::StatusOr<std::vector<double>> {
    AIFX_ASSIGN_OR_RETURN(const std::vector<double> logits,
                          ModelLogits(model, data, samples, is_cancelled));
    return CalibratedProbabilities(logits, manifest.calibration);
  };
  AIFX_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Model> exact,
                        model::OpenLstm(manifest, archive, *set, model::Precision::kFloat32));
  AIFX_ASSIGN_OR_RETURN(const std::vector<double> wanted, probabilities(*exact));
  nlohmann::json records = nlohmann::json::object();
  for (const model::Precision precision : {model::Precision::kBfloat16, model::Precision::kInt8}) {
    nlohmann::json& record = records[std::string(model::PrecisionName(precision))];
    const auto narrow = model::OpenLstm(manifest, archive, *set, precision);
    if (!narrow.ok()) {
      record = {{"refused", std::string(narrow.status().message())}};
      continue;
    }
    AIFX_ASSIGN_OR_RETURN(const std::vector<double> given, probabilities(**narrow));
    record = model::ToJson(model::ComparePrecision(manifest, (*narrow)->kernel(), wanted, given));
  }
  return records;
}

}  // namespace aifx::training
