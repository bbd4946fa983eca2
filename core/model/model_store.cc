#include "core/model/model_store.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/ids.h"
#include "core/base/sha256.h"
#include "core/base/status_macros.h"
#include "core/model/store_folder.h"
#include "core/model/strict_json.h"
#include "core/model/version.h"

namespace aifx::model {
namespace {

using nlohmann::json;

constexpr char kManifestFile[] = "manifest.json";
constexpr char kSignatureFile[] = "manifest.sig";
constexpr char kActiveFile[] = "active.json";
constexpr char kRegistrationFile[] = "registration.json";
constexpr char kAsidePrefix[] = ".incoming-";
constexpr size_t kMaxJsonBytes = size_t{4} << 20;
constexpr size_t kMaxFileBytes = size_t{1} << 30;

absl::Status CheckName(const std::string& name) {
  if (IsModelName(name)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("model name \"", name, "\" is not [a-z0-9][a-z0-9._-]{0,63}"));
}

absl::StatusOr<StoreFolder> OpenModel(const std::string& root, const std::string& name) {
  AIFX_RETURN_IF_ERROR(CheckName(name));
  absl::StatusOr<StoreFolder> folder = StoreFolder::OpenRoot(root);
  if (folder.ok()) folder = folder->Open(name);
  if (absl::IsNotFound(folder.status())) {
    return absl::NotFoundError(absl::StrCat("there is no model \"", name, "\" in ", root));
  }
  return folder;
}

absl::StatusOr<StoreFolder> OpenVersion(const StoreFolder& model, const std::string& name,
                                        int64_t version) {
  if (!IsVersion(version)) {
    return absl::InvalidArgumentError(
        absl::StrCat("version ", version, " of model ", name, " is not YYYYMMDDhhmmss"));
  }
  absl::StatusOr<StoreFolder> folder = model.Open(absl::StrCat(version));
  if (absl::IsNotFound(folder.status()) ||
      (folder.ok() && !folder->HasRegularFile(kManifestFile))) {
    return absl::NotFoundError(absl::StrCat("model ", name, " has no version ", version));
  }
  return folder;
}

absl::StatusOr<Manifest> ParseManifest(const std::string& text, const std::string& name,
                                       int64_t version, const StoreFolder& folder) {
  AIFX_ASSIGN_OR_RETURN(Manifest manifest, ManifestFromJson(text));
  if (manifest.name != name || manifest.version != version) {
    return absl::InvalidArgumentError(absl::StrCat("manifest: ", manifest.name, " version ",
                                                   manifest.version, " lies in ", folder.path()));
  }
  return manifest;
}

// The complete versions in a model's folder, oldest first.
absl::StatusOr<std::vector<int64_t>> Versions(const StoreFolder& model) {
  AIFX_ASSIGN_OR_RETURN(const std::vector<std::string> names, model.List());
  std::vector<int64_t> versions;
  for (const std::string& name : names) {
    int64_t version = 0;
    if (!absl::SimpleAtoi(name, &version) || absl::StrCat(version) != name || !IsVersion(version)) {
      continue;
    }
    const absl::StatusOr<StoreFolder> folder = model.Open(name);
    if (folder.ok() && folder->HasRegularFile(kManifestFile)) versions.push_back(version);
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

absl::StatusOr<ActiveVersion> ReadActive(const StoreFolder& model, const std::string& name) {
  absl::StatusOr<std::string> text = model.Read(kActiveFile, kMaxJsonBytes);
  if (absl::IsNotFound(text.status())) {
    return absl::NotFoundError(absl::StrCat("model ", name, " has no active version"));
  }
  AIFX_RETURN_IF_ERROR(text.status());
  const std::string what = absl::StrCat(model.path(), "/", kActiveFile);
  AIFX_ASSIGN_OR_RETURN(const json parsed, ParseJson(*text, what));
  StrictObject object(parsed, what);
  ActiveVersion active;
  active.version = object.Int("version");
  if (!object.Any("previous").is_null()) active.previous = object.Int("previous");
  AIFX_RETURN_IF_ERROR(object.Finish());
  if (!IsVersion(active.version) || (active.previous && !IsVersion(*active.previous))) {
    return absl::InvalidArgumentError(absl::StrCat(what, " names no version YYYYMMDDhhmmss"));
  }
  return active;
}

// Opens (or makes) the model's folder for a writer, alone with it.
absl::StatusOr<StoreFolder> LockModel(const std::string& root, const std::string& name) {
  AIFX_RETURN_IF_ERROR(CheckName(name));
  std::error_code error;
  std::filesystem::create_directories(root, error);
  if (error) return absl::UnknownError(absl::StrCat("cannot create ", root, ": ", error.message()));
  AIFX_ASSIGN_OR_RETURN(const StoreFolder folder, StoreFolder::OpenRoot(root));
  AIFX_ASSIGN_OR_RETURN(StoreFolder model, folder.OpenOrCreate(name));
  AIFX_RETURN_IF_ERROR(model.LockForWriting());
  return model;
}

absl::Status WriteVersion(const StoreFolder& model, const std::string& aside,
                          const Manifest& manifest,
                          const std::map<std::string, std::string>& files) {
  AIFX_ASSIGN_OR_RETURN(const StoreFolder folder, model.OpenOrCreate(aside));
  for (const auto& [file, content] : files) AIFX_RETURN_IF_ERROR(folder.Create(file, content));
  AIFX_RETURN_IF_ERROR(folder.Create(kManifestFile, ManifestToJson(manifest)));
  AIFX_RETURN_IF_ERROR(folder.Sync());
  return model.Rename(aside, absl::StrCat(manifest.version));
}

}  // namespace

ModelStore::ModelStore(std::string root) : root_(std::move(root)) {}

absl::StatusOr<std::vector<std::string>> ModelStore::ListModels() const {
  const absl::StatusOr<StoreFolder> folder = StoreFolder::OpenRoot(root_);
  if (absl::IsNotFound(folder.status())) return std::vector<std::string>();
  AIFX_RETURN_IF_ERROR(folder.status());
  AIFX_ASSIGN_OR_RETURN(const std::vector<std::string> names, folder->List());
  std::vector<std::string> models;
  for (const std::string& name : names) {
    if (!IsModelName(name)) continue;
    const absl::StatusOr<StoreFolder> model = folder->Open(name);
    if (!model.ok()) continue;  // a file or a link: not a model
    AIFX_ASSIGN_OR_RETURN(const std::vector<int64_t> versions, Versions(*model));
    if (!versions.empty()) models.push_back(name);
  }
  std::sort(models.begin(), models.end());
  return models;
}

absl::StatusOr<std::vector<int64_t>> ModelStore::ListVersions(const std::string& name) const {
  AIFX_ASSIGN_OR_RETURN(const StoreFolder model, OpenModel(root_, name));
  return Versions(model);
}

absl::StatusOr<ActiveVersion> ModelStore::Active(const std::string& name) const {
  AIFX_ASSIGN_OR_RETURN(const StoreFolder model, OpenModel(root_, name));
  return ReadActive(model, name);
}

absl::Status ModelStore::SetActive(const std::string& name, int64_t version) const {
  AIFX_ASSIGN_OR_RETURN(const StoreFolder model, OpenModel(root_, name));
  AIFX_RETURN_IF_ERROR(model.LockForWriting());
  AIFX_RETURN_IF_ERROR(OpenVersion(model, name, version).status());
  const absl::StatusOr<ActiveVersion> before = ReadActive(model, name);
  json active = {{"version", version}, {"previous", nullptr}};
  if (before.ok()) {
    if (before->version == version) return absl::OkStatus();
    active["previous"] = before->version;
  } else if (!absl::IsNotFound(before.status())) {
    return before.status();
  }
  return model.Replace(kActiveFile, DumpJson(active) + "\n");
}

absl::StatusOr<Manifest> ModelStore::ReadManifest(const std::string& name, int64_t version) const {
  AIFX_ASSIGN_OR_RETURN(const StoreFolder model, OpenModel(root_, name));
  AIFX_ASSIGN_OR_RETURN(const StoreFolder folder, OpenVersion(model, name, version));
  AIFX_ASSIGN_OR_RETURN(const std::string text, folder.Read(kManifestFile, kMaxJsonBytes));
  return ParseManifest(text, name, version, folder);
}

absl::StatusOr<Manifest> ModelStore::ReadSignedManifest(const std::string& name, int64_t version,
                                                        const PublicKey& key) const {
  AIFX_ASSIGN_OR_RETURN(const StoreFolder model, OpenModel(root_, name));
  AIFX_ASSIGN_OR_RETURN(const StoreFolder folder, OpenVersion(model, name, version));
  AIFX_ASSIGN_OR_RETURN(const std::string text, folder.Read(kManifestFile, kMaxJsonBytes));
  const auto signature = folder.Read(kSignatureFile, kMaxJsonBytes);
  if (absl::IsNotFound(signature.status())) {
    return absl::FailedPreconditionError(
        absl::StrCat("it is not signed: there is no ", kSignatureFile));
  }
  AIFX_RETURN_IF_ERROR(signature.status());
  if (const absl::Status good = key.Verify(text, *signature); !good.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(kSignatureFile, ": ", good.message()));
  }
  return ParseManifest(text, name, version, folder);
}

absl::StatusOr<std::string> ModelStore::ReadChecked(const Manifest& manifest,
                                                    const std::string& file) const {
  const auto checksum = manifest.files.find(file);
  if (checksum == manifest.files.end() || !IsModelFileName(file)) {
    return absl::NotFoundError(absl::StrCat("the manifest of ", manifest.name, " version ",
                                            manifest.version, " names no file \"", file, "\""));
  }
  AIFX_ASSIGN_OR_RETURN(const StoreFolder model, OpenModel(root_, manifest.name));
  AIFX_ASSIGN_OR_RETURN(const StoreFolder folder,
                        OpenVersion(model, manifest.name, manifest.version));
  absl::StatusOr<std::string> content = folder.Read(file, kMaxFileBytes);
  if (absl::IsNotFound(content.status())) {
    return absl::DataLossError(absl::StrCat(folder.path(), "/", file, " is missing"));
  }
  AIFX_RETURN_IF_ERROR(content.status());
  const std::string found = base::Sha256Hex(*content);
  if (found != checksum->second) {
    return absl::DataLossError(absl::StrCat(folder.path(), "/", file, " has SHA-256 ", found,
                                            ", its manifest says ", checksum->second));
  }
  return content;
}

absl::Status ModelStore::Add(Manifest manifest,
                             const std::map<std::string, std::string>& files) const {
  manifest.files.clear();
  for (const auto& [file, content] : files) manifest.files[file] = base::Sha256Hex(content);
  AIFX_RETURN_IF_ERROR(ValidateManifest(manifest));
  AIFX_ASSIGN_OR_RETURN(const StoreFolder model, LockModel(root_, manifest.name));
  AIFX_ASSIGN_OR_RETURN(const std::vector<std::string> entries, model.List());
  for (const std::string& entry : entries) {
    // This writer is alone, so what lies aside was left by one that died.
    if (absl::StartsWith(entry, kAsidePrefix)) model.RemoveFolder(entry);
    if (entry == absl::StrCat(manifest.version)) {
      return absl::AlreadyExistsError(
          absl::StrCat("model ", manifest.name, " already has version ", manifest.version));
    }
  }
  const std::string aside = absl::StrCat(kAsidePrefix, base::NewUuid());
  absl::Cleanup remove_aside = [&] { model.RemoveFolder(aside); };
  AIFX_RETURN_IF_ERROR(WriteVersion(model, aside, manifest, files));
  std::move(remove_aside).Cancel();
  return absl::OkStatus();
}

absl::Status ModelStore::SetBackendId(const std::string& name, int64_t version,
                                      const std::string& backend_id) const {
  AIFX_ASSIGN_OR_RETURN(const StoreFolder model, OpenModel(root_, name));
  AIFX_RETURN_IF_ERROR(model.LockForWriting());
  AIFX_ASSIGN_OR_RETURN(const StoreFolder folder, OpenVersion(model, name, version));
  return folder.Replace(kRegistrationFile, DumpJson({{"backend_id", backend_id}}) + "\n");
}

absl::StatusOr<std::string> ModelStore::BackendId(const std::string& name, int64_t version) const {
  AIFX_ASSIGN_OR_RETURN(const StoreFolder model, OpenModel(root_, name));
  AIFX_ASSIGN_OR_RETURN(const StoreFolder folder, OpenVersion(model, name, version));
  const absl::StatusOr<std::string> text = folder.Read(kRegistrationFile, kMaxJsonBytes);
  if (absl::IsNotFound(text.status())) return std::string();
  AIFX_RETURN_IF_ERROR(text.status());
  const std::string what = absl::StrCat(folder.path(), "/", kRegistrationFile);
  AIFX_ASSIGN_OR_RETURN(const json parsed, ParseJson(*text, what));
  StrictObject object(parsed, what);
  std::string backend_id = object.String("backend_id");
  AIFX_RETURN_IF_ERROR(object.Finish());
  return backend_id;
}

}  // namespace aifx::model
