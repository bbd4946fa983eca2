#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/features/feature_set.h"
#include "core/model/golden.h"
#include "core/model/lstm_runtime.h"
#include "core/model/model.h"
#include "core/model/precision_record.h"

namespace aifx::model {
namespace {

absl::StatusOr<const features::FeatureSet*> CheckFeatures(const Manifest& manifest) {
  const auto set = features::FindFeatureSet(manifest.feature_set);
  if (!set.ok()) return absl::FailedPreconditionError(set.status().message());
  const features::FeatureSet& known = **set;
  if (known.hash() != manifest.feature_set_hash) {
    return absl::FailedPreconditionError(
        absl::StrCat("feature set ", known.name(), " has hash ", known.hash(),
                     " in this engine, the model was trained with ", manifest.feature_set_hash));
  }
  if (static_cast<int64_t>(known.columns().size()) != manifest.features) {
    return absl::FailedPreconditionError(
        absl::StrCat("feature set ", known.name(), " has ", known.columns().size(),
                     " columns, the model takes ", manifest.features));
  }
  return &known;
}

absl::StatusOr<std::shared_ptr<const Model>> Open(Manifest manifest, const std::string& archive,
                                                  const features::FeatureSet& feature_set,
                                                  std::optional<Precision> wanted) {
  const std::optional<Precision> own = LstmPrecision(manifest.runtime);
  if (!own.has_value()) return OpenArchive(std::move(manifest), archive, feature_set);
  const Precision precision = wanted.value_or(*own);
  AIFX_RETURN_IF_ERROR(CheckPrecisionRecord(manifest, precision));
  return OpenLstm(std::move(manifest), archive, feature_set, precision);
}

absl::StatusOr<std::shared_ptr<const Model>> Load(const ModelStore& store, const std::string& name,
                                                  int64_t version, const LoadOptions& options) {
  AIFX_ASSIGN_OR_RETURN(Manifest manifest,
                        options.key.has_value()
                            ? store.ReadSignedManifest(name, version, *options.key)
                            : store.ReadManifest(name, version));
  AIFX_ASSIGN_OR_RETURN(const features::FeatureSet* feature_set, CheckFeatures(manifest));
  std::map<std::string, std::string> contents;
  for (const auto& [file, checksum] : manifest.files) {
    AIFX_ASSIGN_OR_RETURN(contents[file], store.ReadChecked(manifest, file));
  }
  const std::string archive = ArchiveFile(manifest);
  for (const std::string& file : {archive, std::string(kGoldenFile)}) {
    if (!contents.contains(file)) {
      return absl::FailedPreconditionError(absl::StrCat("the manifest names no file ", file));
    }
  }
  AIFX_ASSIGN_OR_RETURN(const GoldenWindow golden, GoldenFromJson(contents[kGoldenFile], manifest));
  AIFX_ASSIGN_OR_RETURN(
      std::shared_ptr<const Model> model,
      Open(std::move(manifest), contents[archive], *feature_set, options.precision));
  if (options.on_checking) options.on_checking();
  AIFX_RETURN_IF_ERROR(CheckGolden(*model, golden));
  return model;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Model>> LoadModel(const ModelStore& store,
                                                       const std::string& name, int64_t version) {
  return LoadModel(store, name, version, LoadOptions());
}

absl::StatusOr<std::shared_ptr<const Model>> LoadModel(const ModelStore& store,
                                                       const std::string& name, int64_t version,
                                                       const LoadOptions& options) {
  absl::StatusOr<std::shared_ptr<const Model>> model = Load(store, name, version, options);
  if (model.ok()) return model;
  // A version that is there but cannot be used is a failed precondition, whatever was wrong in it.
  const absl::StatusCode code = absl::IsInvalidArgument(model.status())
                                    ? absl::StatusCode::kFailedPrecondition
                                    : model.status().code();
  return absl::Status(
      code, absl::StrCat("model ", name, " version ", version, ": ", model.status().message()));
}

}  // namespace aifx::model
