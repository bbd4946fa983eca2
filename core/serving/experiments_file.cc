#include "core/serving/experiments_file.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"
#include "core/model/strict_json.h"

namespace aifx::serving {
namespace {

using nlohmann::json;

constexpr char kFile[] = "experiments.json";
constexpr size_t kMaxFileBytes = 16 << 20;

std::string PathIn(const std::string& folder) { return absl::StrCat(folder, "/", kFile); }

std::string TimeText(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
}

json CountsToJson(const ArmStats& arm) {
  return {{"requests", arm.requests}, {"units", arm.units}};
}

json ToJson(const ExperimentView& view) {
  const Experiment& experiment = view.experiment;
  json ended;  // null while it runs
  if (experiment.ended_at.has_value()) ended = TimeText(*experiment.ended_at);
  return {{"name", experiment.name},
          {"kind", std::string(ExperimentKindName(experiment.kind))},
          {"model", experiment.model},
          {"champion", experiment.champion},
          {"candidate", experiment.candidate},
          {"candidate_percent", experiment.candidate_percent},
          {"started_at", TimeText(experiment.started_at)},
          {"ended_at", ended},
          {"end_reason", experiment.end_reason},
          {"loaded_candidate", experiment.loaded_candidate},
          {"backend_id", experiment.backend_id},
          {"champion_counts", CountsToJson(view.stats.champion)},
          {"candidate_counts", CountsToJson(view.stats.candidate)}};
}

void ReadCounts(const json& value, model::StrictObject& owner, ArmStats& arm) {
  model::StrictObject object(value, kFile);
  arm.requests = object.Int("requests");
  arm.units = object.Int("units");
  owner.Fail(object.Finish());
}

ExperimentKind ReadKind(model::StrictObject& object) {
  const std::string name = object.String("kind");
  for (const auto kind : {ExperimentKind::kAb, ExperimentKind::kShadow, ExperimentKind::kCanary}) {
    if (ExperimentKindName(kind) == name) return kind;
  }
  object.Fail(absl::InvalidArgumentError(
      absl::StrCat(kFile, ": kind \"", name, "\" is not ab, shadow or canary")));
  return ExperimentKind::kAb;
}

absl::Status CheckWords(const Experiment& experiment) {
  const auto violations = CheckExperiment(experiment);
  return violations.empty() ? absl::OkStatus() : base::InvalidArgument(violations);
}

absl::StatusOr<ExperimentView> FromJson(const json& value) {
  if (!value.is_object()) return absl::InvalidArgumentError("an experiment is not an object");
  model::StrictObject object(value, kFile);
  ExperimentView view;
  Experiment& experiment = view.experiment;
  experiment.name = object.String("name");
  experiment.kind = ReadKind(object);
  experiment.model = object.String("model");
  experiment.champion = object.Int("champion");
  experiment.candidate = object.Int("candidate");
  experiment.candidate_percent = object.Number("candidate_percent");
  experiment.started_at = object.Time("started_at");
  if (!object.Any("ended_at").is_null()) experiment.ended_at = object.Time("ended_at");
  experiment.end_reason = object.String("end_reason");
  experiment.loaded_candidate = object.Bool("loaded_candidate");
  experiment.backend_id = object.String("backend_id");
  ReadCounts(object.Object("champion_counts"), object, view.stats.champion);
  ReadCounts(object.Object("candidate_counts"), object, view.stats.candidate);
  AIFX_RETURN_IF_ERROR(object.Finish());
  AIFX_RETURN_IF_ERROR(CheckWords(experiment));
  return view;
}

}  // namespace

absl::StatusOr<std::vector<ExperimentView>> ReadExperiments(const std::string& folder) {
  std::vector<ExperimentView> experiments;
  const absl::StatusOr<std::string> text = base::ReadFile(PathIn(folder), kMaxFileBytes);
  if (absl::IsNotFound(text.status())) return experiments;
  AIFX_RETURN_IF_ERROR(text.status());
  AIFX_ASSIGN_OR_RETURN(const json parsed, model::ParseJson(*text, kFile));
  if (!parsed.is_object()) return absl::InvalidArgumentError("it is not an object");
  model::StrictObject object(parsed, kFile);
  const json& rows = object.Array("experiments");
  AIFX_RETURN_IF_ERROR(object.Finish());
  for (const json& row : rows) {
    AIFX_ASSIGN_OR_RETURN(ExperimentView view, FromJson(row));
    experiments.push_back(std::move(view));
  }
  return experiments;
}

absl::Status WriteExperiments(const std::string& folder,
                              const std::vector<ExperimentView>& experiments) {
  json rows = json::array();
  for (const ExperimentView& view : experiments) rows.push_back(ToJson(view));
  std::error_code error;
  std::filesystem::create_directories(folder, error);  // the file's error says what is wrong
  return base::WriteFileAtomically(PathIn(folder), model::DumpJson({{"experiments", rows}}) + "\n");
}

absl::Status PutExperimentsAside(const std::string& folder) {
  std::error_code error;
  std::filesystem::rename(PathIn(folder), PathIn(folder) + ".damaged", error);
  if (!error) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("cannot rename ", PathIn(folder), ": ", error.message()));
}

}  // namespace aifx::serving
