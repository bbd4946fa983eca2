#include "server/rpc/scopes.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace aifx::rpc {
namespace {

constexpr std::array<Scope, 3> kScopes = {Scope::kPredict, Scope::kRecord, Scope::kAdmin};

// What is not kAdmin.
constexpr std::pair<absl::string_view, Scope> kMethods[] = {
    {"PredictionService.Predict", Scope::kPredict},
    {"PredictionService.BatchPredict", Scope::kPredict},
    {"PredictionService.StreamPredict", Scope::kPredict},
    {"PredictionService.WatchPredictions", Scope::kPredict},
    {"PredictionService.ExplainPrediction", Scope::kPredict},
    {"ModelService.ListModels", Scope::kPredict},
    {"ModelService.GetModel", Scope::kPredict},
    {"ModelService.ListExperiments", Scope::kPredict},
    {"RecordService.SubmitPrediction", Scope::kRecord},
    {"RecordService.UpdateOutcome", Scope::kRecord},
    {"RecordService.GetSubmission", Scope::kRecord},
    {"RecordService.ListSubmissions", Scope::kRecord},
    {"RecordService.ListPredictions", Scope::kRecord},
    {"RecordService.GetAccuracy", Scope::kRecord},
    {"TrainingService.GetTraining", Scope::kPredict},
    {"TrainingService.WatchTraining", Scope::kPredict},
    {"GRPCInferenceService.ServerLive", Scope::kPredict},
    {"GRPCInferenceService.ServerReady", Scope::kPredict},
    {"GRPCInferenceService.ModelReady", Scope::kPredict},
    {"GRPCInferenceService.ServerMetadata", Scope::kPredict},
    {"GRPCInferenceService.ModelMetadata", Scope::kPredict},
    {"GRPCInferenceService.ModelInfer", Scope::kPredict},
    {"GRPCInferenceService.ModelStreamInfer", Scope::kPredict},
    {"GRPCInferenceService.ModelConfig", Scope::kPredict},
    {"GRPCInferenceService.ModelStatistics", Scope::kPredict},
    {"GRPCInferenceService.RepositoryIndex", Scope::kPredict},
};

}  // namespace

absl::string_view ScopeName(Scope scope) {
  switch (scope) {
    case Scope::kPredict:
      return "predict";
    case Scope::kRecord:
      return "record";
    case Scope::kAdmin:
      return "admin";
  }
  return "unknown";
}

absl::StatusOr<Scopes> ScopesFromText(absl::string_view text) {
  Scopes scopes;
  for (const absl::string_view word : absl::StrSplit(text, ',')) {
    bool known = false;
    for (const Scope scope : kScopes) {
      if (ScopeName(scope) != word) continue;
      scopes.Add(scope);
      known = true;
    }
    if (!known) {
      return absl::InvalidArgumentError(
          absl::StrCat("scope \"", word, "\" is none of predict, record, admin"));
    }
  }
  return scopes;
}

Scope ScopeOf(absl::string_view method) {
  for (const auto& [name, scope] : kMethods) {
    if (name == method) return scope;
  }
  return Scope::kAdmin;
}

}  // namespace aifx::rpc
