#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"
#include "core/model/manifest.h"
#include "core/model/strict_json.h"
#include "core/model/version.h"

namespace aifx::model {
namespace {

absl::Status Invalid(absl::string_view key, const absl::AlphaNum& value, absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat("manifest: ", key, " ", value, " ", rule));
}

absl::Status CheckInteger(absl::string_view key, int64_t value, int64_t low, int64_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return Invalid(key, value, absl::StrCat("is not in ", low, "..", high));
}

// False for NaN as well.
absl::Status CheckNumber(absl::string_view key, double value, bool ok, absl::string_view rule) {
  return ok && std::isfinite(value) ? absl::OkStatus() : Invalid(key, value, rule);
}

absl::Status CheckSize(absl::string_view key, size_t size, int64_t wanted) {
  if (static_cast<int64_t>(size) == wanted) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("manifest: ", key, " has ", size, " values instead of ", wanted));
}

bool IsSha256(absl::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
         });
}

absl::Status CheckIdentity(const Manifest& m) {
  if (!IsModelName(m.name)) return Invalid("name", m.name, "is not [a-z0-9][a-z0-9._-]{0,63}");
  if (!IsVersion(m.version)) return Invalid("version", m.version, "is not YYYYMMDDhhmmss");
  if (m.parent.has_value() && !IsVersion(*m.parent)) {
    return Invalid("parent", *m.parent, "is not YYYYMMDDhhmmss");
  }
  if (m.runtime != kTorchScriptRuntime && m.runtime != kAotInductorRuntime &&
      !LstmPrecision(m.runtime).has_value()) {
    return Invalid("runtime", m.runtime,
                   "is not torchscript, aotinductor, lstm-f32, lstm-bf16 or lstm-int8");
  }
  if (m.algorithm.empty()) return Invalid("algorithm", "\"\"", "is empty");
  const auto pair = market::CurrencyPair::Parse(m.pair);
  if (!pair.ok() || pair->ToString() != m.pair) {
    return Invalid("pair", m.pair, "is not a currency pair such as EUR/USD");
  }
  if (!market::ParseTimeframe(m.timeframe).ok()) {
    return Invalid("timeframe", m.timeframe, "is not a timeframe such as 1h");
  }
  if (m.trained_from >= m.trained_until) {
    return Invalid("trained_from", absl::FormatTime(m.trained_from, absl::UTCTimeZone()),
                   "is not before trained_until");
  }
  return absl::OkStatus();
}

absl::Status CheckInput(const Manifest& m) {
  if (m.feature_set.empty()) return Invalid("feature_set", "\"\"", "is empty");
  if (!IsSha256(m.feature_set_hash)) {
    return Invalid("feature_set_hash", m.feature_set_hash, "is not 64 lower-case hex digits");
  }
  AIFX_RETURN_IF_ERROR(CheckInteger("sequence", m.sequence, 1, 4096));
  AIFX_RETURN_IF_ERROR(CheckInteger("features", m.features, 1, 4096));
  AIFX_RETURN_IF_ERROR(CheckSize("scaler.mean", m.scaler.mean.size(), m.features));
  AIFX_RETURN_IF_ERROR(CheckSize("scaler.deviation", m.scaler.deviation.size(), m.features));
  for (double mean : m.scaler.mean) {
    AIFX_RETURN_IF_ERROR(CheckNumber("scaler.mean", mean, true, "is not finite"));
  }
  for (double deviation : m.scaler.deviation) {
    AIFX_RETURN_IF_ERROR(
        CheckNumber("scaler.deviation", deviation, deviation > 0, "is not above 0"));
  }
  AIFX_RETURN_IF_ERROR(CheckSize("importance", m.importance.size(), m.features));
  double sum = 0;
  for (double share : m.importance) {
    AIFX_RETURN_IF_ERROR(CheckNumber("importance", share, share >= 0, "is below 0"));
    sum += share;
  }
  return CheckNumber("importance", sum, std::abs(sum - 1) < 1e-6, "is its sum, which is not 1");
}

absl::Status CheckOutput(const Manifest& m) {
  if (m.classes != ClassesOf(m.label)) {
    return Invalid("classes", absl::StrJoin(m.classes, ","),
                   absl::StrCat("are not those of ", LabelName(m.label), ": ",
                                absl::StrJoin(ClassesOf(m.label), ",")));
  }
  AIFX_RETURN_IF_ERROR(CheckInteger("horizon_bars", m.horizon_bars, 1, 10000));
  const Calibration& calibration = m.calibration;
  AIFX_RETURN_IF_ERROR(
      CheckNumber("calibration.slope", calibration.slope, calibration.slope > 0, "is not above 0"));
  AIFX_RETURN_IF_ERROR(CheckSize("calibration.intercept", calibration.intercept.size(),
                                 static_cast<int64_t>(m.classes.size())));
  for (double intercept : calibration.intercept) {
    AIFX_RETURN_IF_ERROR(CheckNumber("calibration.intercept", intercept, true, "is not finite"));
  }
  const DecisionRule& rule = m.decision;
  AIFX_RETURN_IF_ERROR(CheckNumber("decision.min_edge", rule.min_edge,
                                   rule.min_edge >= 0 && rule.min_edge <= 1, "is not in 0..1"));
  AIFX_RETURN_IF_ERROR(CheckNumber("decision.stop_atr", rule.stop_atr,
                                   rule.stop_atr > 0 && rule.stop_atr <= 100,
                                   "is not above 0 and at most 100"));
  AIFX_RETURN_IF_ERROR(CheckNumber("decision.take_atr", rule.take_atr,
                                   rule.take_atr > 0 && rule.take_atr <= 100,
                                   "is not above 0 and at most 100"));
  return CheckNumber("tolerance", m.tolerance, m.tolerance > 0 && m.tolerance <= 0.1,
                     "is not above 0 and at most 0.1");
}

absl::Status CheckFiles(const Manifest& m) {
  if (!m.metrics.is_object()) return Invalid("metrics", DumpJson(m.metrics), "is not an object");
  if (!m.hyperparameters.is_object()) {
    return Invalid("hyperparameters", DumpJson(m.hyperparameters), "is not an object");
  }
  for (const auto& [file, checksum] : m.files) {
    if (!IsModelFileName(file) || file == "manifest.json" || file == "registration.json") {
      return Invalid("files", file, "is not a name that a version's file may have");
    }
    if (!IsSha256(checksum)) {
      return Invalid(absl::StrCat("files.", file), checksum, "is not 64 lower-case hex digits");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view PrecisionName(Precision precision) {
  switch (precision) {
    case Precision::kFloat32:
      return "f32";
    case Precision::kBfloat16:
      return "bf16";
    case Precision::kInt8:
      return "int8";
  }
  return "unknown";
}

std::string LstmRuntime(Precision precision) {
  return absl::StrCat("lstm-", PrecisionName(precision));
}

std::optional<Precision> LstmPrecision(absl::string_view runtime) {
  for (const Precision precision : {Precision::kFloat32, Precision::kBfloat16, Precision::kInt8}) {
    if (runtime == LstmRuntime(precision)) return precision;
  }
  return std::nullopt;
}

absl::string_view LabelName(Label label) {
  return label == Label::kDirection ? "direction" : "triple_barrier";
}

std::vector<std::string> ClassesOf(Label label) {
  if (label == Label::kDirection) return {"down", "up"};
  return {"sell", "hold", "buy"};
}

absl::Status ValidateManifest(const Manifest& manifest) {
  AIFX_RETURN_IF_ERROR(CheckIdentity(manifest));
  AIFX_RETURN_IF_ERROR(CheckInput(manifest));
  AIFX_RETURN_IF_ERROR(CheckOutput(manifest));
  return CheckFiles(manifest);
}

}  // namespace aifx::model
