#include "core/model/manifest.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/strict_json.h"

namespace aifx::model {
namespace {

using nlohmann::json;

constexpr int64_t kFormat = 1;

absl::Status Invalid(absl::string_view key, const absl::AlphaNum& value, absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat("manifest: ", key, " ", value, " ", rule));
}

void ReadParts(StrictObject& object, Manifest& m) {
  m.scaler.mean = {};
  const json& scaler = object.Object("scaler");
  const json& calibration = object.Object("calibration");
  const json& decision = object.Object("decision");
  const json& files = object.Object("files");
  if (scaler.is_null() || calibration.is_null() || decision.is_null() || files.is_null()) return;

  StrictObject scaler_part(scaler, "manifest: scaler");
  m.scaler.mean = scaler_part.Numbers("mean");
  m.scaler.deviation = scaler_part.Numbers("deviation");
  object.Fail(scaler_part.Finish());

  StrictObject calibration_part(calibration, "manifest: calibration");
  m.calibration.slope = calibration_part.Number("slope");
  m.calibration.intercept = calibration_part.Numbers("intercept");
  m.calibration.calibrated_at = calibration_part.Time("calibrated_at");
  object.Fail(calibration_part.Finish());

  StrictObject decision_part(decision, "manifest: decision");
  m.decision.min_edge = decision_part.Number("min_edge");
  m.decision.stop_atr = decision_part.Number("stop_atr");
  m.decision.take_atr = decision_part.Number("take_atr");
  object.Fail(decision_part.Finish());

  StrictObject files_part(files, "manifest: files");
  for (const auto& [file, checksum] : files.items())
    m.files[file] = files_part.String(file.c_str());
  object.Fail(files_part.Finish());
}

}  // namespace

std::string ManifestToJson(const Manifest& m) {
  const auto time = [](absl::Time t) {
    return absl::FormatTime(absl::RFC3339_full, t, absl::UTCTimeZone());
  };
  const json calibration = {{"slope", m.calibration.slope},
                            {"intercept", m.calibration.intercept},
                            {"calibrated_at", time(m.calibration.calibrated_at)}};
  const json decision = {{"min_edge", m.decision.min_edge},
                         {"stop_atr", m.decision.stop_atr},
                         {"take_atr", m.decision.take_atr}};
  json files = json::object();
  for (const auto& [file, checksum] : m.files) files[file] = checksum;
  const json manifest = {{"format", kFormat},
                         {"name", m.name},
                         {"version", m.version},
                         {"runtime", m.runtime},
                         {"description", m.description},
                         {"algorithm", m.algorithm},
                         {"pair", m.pair},
                         {"timeframe", m.timeframe},
                         {"feature_set", m.feature_set},
                         {"feature_set_hash", m.feature_set_hash},
                         {"sequence", m.sequence},
                         {"features", m.features},
                         {"scaler", {{"mean", m.scaler.mean}, {"deviation", m.scaler.deviation}}},
                         {"label", std::string(LabelName(m.label))},
                         {"classes", m.classes},
                         {"horizon_bars", m.horizon_bars},
                         {"calibration", calibration},
                         {"decision", decision},
                         {"deterministic", m.deterministic},
                         {"tolerance", m.tolerance},
                         {"importance", m.importance},
                         {"metrics", m.metrics},
                         {"hyperparameters", m.hyperparameters},
                         {"parent", m.parent.has_value() ? json(*m.parent) : json()},
                         {"trained_from", time(m.trained_from)},
                         {"trained_until", time(m.trained_until)},
                         {"seed", m.seed},
                         {"files", files}};
  return manifest.dump(2, ' ', /*ensure_ascii=*/false, json::error_handler_t::replace) + "\n";
}

absl::StatusOr<Manifest> ManifestFromJson(absl::string_view text) {
  AIFX_ASSIGN_OR_RETURN(const json parsed, ParseJson(text, "manifest"));
  StrictObject object(parsed, "manifest");
  const int64_t format = object.Int("format");
  if (format != kFormat) object.Fail(Invalid("format", format, "is not 1"));
  Manifest m;
  m.name = object.String("name");
  m.version = object.Int("version");
  m.runtime = object.String("runtime");
  m.description = object.String("description");
  m.algorithm = object.String("algorithm");
  m.pair = object.String("pair");
  m.timeframe = object.String("timeframe");
  m.feature_set = object.String("feature_set");
  m.feature_set_hash = object.String("feature_set_hash");
  m.sequence = object.Int("sequence");
  m.features = object.Int("features");
  const std::string label = object.String("label");
  m.label = label == "direction" ? Label::kDirection : Label::kTripleBarrier;
  if (label != LabelName(m.label)) {
    object.Fail(Invalid("label", label, "is neither direction nor triple_barrier"));
  }
  m.classes = object.Strings("classes");
  const int64_t horizon = object.Int("horizon_bars");
  // ValidateManifest refuses both ends; they stand for whatever an int cannot hold.
  m.horizon_bars = static_cast<int>(std::clamp<int64_t>(horizon, 0, 10001));
  m.deterministic = object.Bool("deterministic");
  m.tolerance = object.Number("tolerance");
  m.importance = object.Numbers("importance");
  m.metrics = object.Object("metrics");
  m.hyperparameters = object.Object("hyperparameters");
  if (!object.Any("parent").is_null()) m.parent = object.Int("parent");
  m.trained_from = object.Time("trained_from");
  m.trained_until = object.Time("trained_until");
  m.seed = object.Uint("seed");
  ReadParts(object, m);
  AIFX_RETURN_IF_ERROR(object.Finish());
  AIFX_RETURN_IF_ERROR(ValidateManifest(m));
  return m;
}

}  // namespace aifx::model
