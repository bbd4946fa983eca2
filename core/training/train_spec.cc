#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/version.h"
#include "core/training/train.h"

namespace aifx::training {
namespace {

absl::Status Check(absl::string_view field, double value, double low, double high) {
  if (value >= low && value <= high) return absl::OkStatus();  // false for NaN
  return absl::InvalidArgumentError(
      absl::StrCat(field, " ", value, " is not in ", low, "..", high));
}

}  // namespace

std::string ModelName(const TrainSpec& spec) {
  if (!spec.model_name.empty()) return spec.model_name;
  // 1M and 1min differ by case alone, which a name does not have.
  const std::string timeframe = spec.timeframe == market::Timeframe::k1Month
                                    ? "1month"
                                    : std::string(market::TimeframeName(spec.timeframe));
  return absl::AsciiStrToLower(absl::StrCat(spec.pair.base(), spec.pair.quote(), "-", timeframe));
}

absl::Status ValidateTrainSpec(const TrainSpec& spec) {
  if (!model::IsModelName(ModelName(spec))) {
    return absl::InvalidArgumentError(
        absl::StrCat("model_name ", spec.model_name, " is not [a-z0-9][a-z0-9._-]{0,63}"));
  }
  if (spec.start >= spec.end) {
    return absl::InvalidArgumentError(
        absl::StrCat("start ", absl::FormatTime(spec.start, absl::UTCTimeZone()),
                     " is not before end ", absl::FormatTime(spec.end, absl::UTCTimeZone())));
  }
  AIFX_RETURN_IF_ERROR(Check("horizon_bars", spec.horizon_bars, 1, 10000));
  AIFX_RETURN_IF_ERROR(Check("barrier_atr", spec.barrier_atr, 0.01, 100));
  const auto check_size = [](absl::string_view field, int64_t value) {
    return Check(field, static_cast<double>(value), 1, 4096);
  };
  AIFX_RETURN_IF_ERROR(check_size("sequence", spec.sequence));
  AIFX_RETURN_IF_ERROR(check_size("hidden1", spec.hidden1));
  AIFX_RETURN_IF_ERROR(check_size("hidden2", spec.hidden2));
  AIFX_RETURN_IF_ERROR(check_size("dense", spec.dense));
  AIFX_RETURN_IF_ERROR(check_size("batch", spec.batch));
  AIFX_RETURN_IF_ERROR(Check("dropout1", spec.dropout1, 0, 0.95));
  AIFX_RETURN_IF_ERROR(Check("dropout2", spec.dropout2, 0, 0.95));
  AIFX_RETURN_IF_ERROR(Check("dropout3", spec.dropout3, 0, 0.95));
  AIFX_RETURN_IF_ERROR(Check("learning_rate", spec.learning_rate, 1e-9, 1));
  AIFX_RETURN_IF_ERROR(Check("min_learning_rate", spec.min_learning_rate, 0, spec.learning_rate));
  AIFX_RETURN_IF_ERROR(Check("max_epochs", spec.max_epochs, 1, 10000));
  AIFX_RETURN_IF_ERROR(Check("patience", spec.patience, 1, 10000));
  AIFX_RETURN_IF_ERROR(Check("lr_patience", spec.lr_patience, 1, 10000));
  AIFX_RETURN_IF_ERROR(Check("threads", spec.threads, 1, 256));
  return Check("signal_coverage", spec.signal_coverage, 0, 1);
}

nlohmann::json Hyperparameters(const TrainSpec& spec) {
  return {{"label", std::string(model::LabelName(spec.label))},
          {"horizon_bars", spec.horizon_bars},
          {"barrier_atr", spec.barrier_atr},
          {"feature_set", spec.feature_set},
          {"sequence", spec.sequence},
          {"hidden1", spec.hidden1},
          {"hidden2", spec.hidden2},
          {"dense", spec.dense},
          {"dropout1", spec.dropout1},
          {"dropout2", spec.dropout2},
          {"dropout3", spec.dropout3},
          {"optimizer", "adam"},
          {"learning_rate", spec.learning_rate},
          {"min_learning_rate", spec.min_learning_rate},
          {"max_epochs", spec.max_epochs},
          {"patience", spec.patience},
          {"lr_patience", spec.lr_patience},
          {"batch", spec.batch},
          {"seed", spec.seed},
          {"threads", spec.threads},
          {"signal_coverage", spec.signal_coverage}};
}

}  // namespace aifx::training
