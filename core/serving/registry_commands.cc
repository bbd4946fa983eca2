// What administrators ask of ModelRegistry.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/model/version.h"
#include "core/serving/registry.h"

namespace aifx::serving {
namespace {

absl::Status CheckCaller(const base::CallContext& context) {
  return context.IsCancelled() ? absl::CancelledError("the caller has gone away")
                               : absl::OkStatus();
}

absl::Status CheckName(const std::string& name) {
  if (model::IsModelName(name)) return absl::OkStatus();
  return base::InvalidArgument({{"name", absl::StrCat("name \"", name.substr(0, 100),
                                                      "\" is not [a-z0-9][a-z0-9._-]{0,63}")}});
}

absl::Status NoSuchModel(const std::string& name) {
  return base::WithReason(absl::NotFoundError(absl::StrCat("model \"", name, "\" is not there")),
                          "MODEL_NOT_FOUND");
}

}  // namespace

absl::Status ModelRegistry::CheckInStore(const std::string& name, int64_t version) const {
  AIFX_RETURN_IF_ERROR(CheckName(name));
  if (!model::IsVersion(version)) {
    return base::InvalidArgument(
        {{"version", absl::StrCat("version ", version, " is not YYYYMMDDhhmmss")}});
  }
  const auto versions = store_.ListVersions(name);
  if (absl::IsNotFound(versions.status())) return NoSuchModel(name);
  AIFX_RETURN_IF_ERROR(versions.status());
  if (std::binary_search(versions->begin(), versions->end(), version)) return absl::OkStatus();
  return base::WithReason(
      absl::NotFoundError(absl::StrCat("model \"", name, "\" has no version ", version)),
      "VERSION_NOT_FOUND");
}

absl::StatusOr<int64_t> ModelRegistry::DefaultVersion(const std::string& name) const {
  AIFX_RETURN_IF_ERROR(CheckName(name));
  if (const auto active = store_.Active(name); active.ok()) return active->version;
  const auto versions = store_.ListVersions(name);
  if (absl::IsNotFound(versions.status())) return NoSuchModel(name);
  AIFX_RETURN_IF_ERROR(versions.status());
  if (versions->empty()) return NoSuchModel(name);
  return versions->back();
}

absl::StatusOr<VersionView> ModelRegistry::Load(const std::string& name, int64_t version,
                                                const base::CallContext& context) {
  base::MutexLock commands(command_mutex_);
  AIFX_RETURN_IF_ERROR(CheckCaller(context));
  if (version == 0) {
    AIFX_ASSIGN_OR_RETURN(version, DefaultVersion(name));
  }
  AIFX_RETURN_IF_ERROR(CheckInStore(name, version));
  {
    base::MutexLock lock(mutex_);
    size_t kept = 0;
    for (const auto& [unused, slot] : slots_) {
      for (const auto& [number, loaded] : slot.loaded) kept += loaded.kept ? 1 : 0;
    }
    const auto& loaded = slots_[name].loaded;
    const auto known = loaded.find(version);
    if (kept >= options_.max_kept && (known == loaded.end() || !known->second.kept)) {
      return base::WithReason(
          absl::ResourceExhaustedError(absl::StrCat(
              kept, " versions are kept loaded, as many as models.max_loaded allows: unload one")),
          "TOO_MANY_VERSIONS");
    }
  }
  LookAtStore(name);
  AIFX_RETURN_IF_ERROR(EnsureLoaded(name, version));
  std::shared_ptr<const ServedModels> models;
  {
    base::MutexLock lock(mutex_);
    slots_[name].loaded.at(version).kept = true;
    models = Snapshot();
  }
  SwapIn(std::move(models));
  return ViewOf(name, version);
}

bool ModelRegistry::LetGo(const std::string& name, int64_t version) {
  std::shared_ptr<const ServedModels> models;
  {
    base::MutexLock lock(mutex_);
    const auto found = slots_.find(name);
    if (found == slots_.end() || !found->second.loaded.contains(version)) return false;
    found->second.loaded.at(version).kept = false;
    if (found->second.serving == version) return true;
    Retire(found->second, version);
    models = Snapshot();
  }
  SwapIn(std::move(models));
  return true;
}

absl::StatusOr<VersionView> ModelRegistry::Unload(const std::string& name, int64_t version,
                                                  const base::CallContext& context) {
  base::MutexLock commands(command_mutex_);
  AIFX_RETURN_IF_ERROR(CheckCaller(context));
  {
    base::MutexLock lock(mutex_);
    const auto found = slots_.find(name);
    if (found != slots_.end() && version != 0 && found->second.serving == version) {
      return base::WithReason(
          absl::FailedPreconditionError(absl::StrCat("version ", version, " of model \"", name,
                                                     "\" serves: activate another one first")),
          "VERSION_SERVES");
    }
  }
  if (!LetGo(name, version)) AIFX_RETURN_IF_ERROR(CheckInStore(name, version));
  return ViewOf(name, version);
}

absl::StatusOr<VersionView> ModelRegistry::Release(const std::string& name, int64_t version,
                                                   const base::CallContext& context) {
  base::MutexLock commands(command_mutex_);
  AIFX_RETURN_IF_ERROR(CheckCaller(context));
  LetGo(name, version);
  return ViewOf(name, version);
}

absl::StatusOr<Activation> ModelRegistry::SetActive(const std::string& name, int64_t version,
                                                    const base::CallContext& context) {
  base::MutexLock commands(command_mutex_);
  AIFX_RETURN_IF_ERROR(CheckCaller(context));
  return Activate(name, version);
}

absl::StatusOr<Activation> ModelRegistry::Rollback(const std::string& name,
                                                   const base::CallContext& context) {
  base::MutexLock commands(command_mutex_);
  AIFX_RETURN_IF_ERROR(CheckCaller(context));
  AIFX_RETURN_IF_ERROR(CheckName(name));
  const auto active = store_.Active(name);
  if (absl::IsNotFound(active.status()) && !store_.ListVersions(name).ok()) {
    return NoSuchModel(name);
  }
  if (!active.ok() || !active->previous.has_value()) {
    return base::WithReason(
        absl::FailedPreconditionError(absl::StrCat(
            "model \"", name, "\" has no version before the active one: activate one by number")),
        "NO_PREVIOUS_VERSION");
  }
  return Activate(name, *active->previous);
}

absl::StatusOr<Activation> ModelRegistry::Activate(const std::string& name, int64_t version) {
  AIFX_RETURN_IF_ERROR(CheckInStore(name, version));
  const auto before = store_.Active(name);
  if (!before.ok() && !absl::IsNotFound(before.status())) {
    return base::WithReason(absl::FailedPreconditionError(absl::StrCat(
                                "active.json of model \"", name,
                                "\" is damaged, remove it first: ", before.status().message())),
                            "ACTIVE_DAMAGED");
  }
  LookAtStore(name);
  AIFX_RETURN_IF_ERROR(EnsureLoaded(name, version));
  if (const absl::Status written = store_.SetActive(name, version); !written.ok()) {
    base::MutexLock lock(mutex_);
    Slot& slot = slots_[name];
    if (slot.serving != version && !slot.loaded.at(version).kept) Retire(slot, version);
    return written;
  }
  LookAtStore(name);
  Serve(name, version);
  Activation activation{.view = ViewOf(name, version), .previous = std::nullopt};
  if (before.ok()) {
    activation.previous = before->version == version ? before->previous : before->version;
  }
  return activation;
}

}  // namespace aifx::serving
