// How versions come into ModelRegistry.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/serving/registry.h"
#include "core/serving/warm_up.h"

namespace aifx::serving {

void ModelRegistry::Refresh() {
  base::MutexLock commands(command_mutex_);
  const auto names = store_.ListModels();
  if (!names.ok()) {
    logger_.Error("cannot read the model store",
                  {{"error", std::string(names.status().message())}});
    return;
  }
  {
    base::MutexLock lock(mutex_);
    for (auto& [name, slot] : slots_) {
      if (!std::binary_search(names->begin(), names->end(), name)) slot.in_store.clear();
    }
  }
  for (const std::string& name : *names) RefreshModel(name);
}

void ModelRegistry::RefreshModel(const std::string& name) {
  const int64_t wanted = LookAtStore(name);
  {
    base::MutexLock lock(mutex_);
    Slot& slot = slots_[name];
    // Another one is active now: what failed before may be tried again later.
    if (wanted != 0 && wanted != slot.refused) slot.refused = 0;
    if (wanted == 0 || wanted == slot.serving || wanted == slot.refused) return;
  }
  if (EnsureLoaded(name, wanted).ok()) return Serve(name, wanted);
  base::MutexLock lock(mutex_);
  slots_[name].refused = wanted;
}

int64_t ModelRegistry::LookAtStore(const std::string& name) {
  const auto active = store_.Active(name);
  const auto versions = store_.ListVersions(name);
  const std::string trouble =
      active.ok() || absl::IsNotFound(active.status()) ? "" : active.status().ToString();
  std::vector<int64_t> loaded;
  {
    base::MutexLock lock(mutex_);
    for (const auto& [version, unused] : slots_[name].loaded) loaded.push_back(version);
  }
  std::map<int64_t, std::string> backend_ids;
  for (const int64_t version : loaded) {
    if (const auto id = store_.BackendId(name, version); id.ok()) backend_ids[version] = *id;
  }

  bool changed = false;
  std::shared_ptr<const ServedModels> models;
  {
    base::MutexLock lock(mutex_);
    Slot& slot = slots_[name];
    if (trouble != slot.active_trouble && !trouble.empty()) {
      logger_.Error("cannot tell which version is active", {{"model", name}, {"error", trouble}});
    }
    slot.active_trouble = trouble;
    slot.active = active.ok() ? active->version : 0;
    if (versions.ok()) slot.in_store = *versions;
    std::erase_if(slot.draining, [](const auto& each) { return each.second.expired(); });
    std::erase_if(slot.failures, [&](const auto& each) {
      return !std::binary_search(slot.in_store.begin(), slot.in_store.end(), each.first);
    });
    for (auto& [version, id] : backend_ids) {
      std::string& known = slot.loaded.at(version).served.backend_id;
      changed = changed || known != id;
      known = std::move(id);
    }
    if (changed) models = Snapshot();
  }
  if (changed) SwapIn(std::move(models));
  return active.ok() ? active->version : 0;
}

absl::Status ModelRegistry::EnsureLoaded(const std::string& name, int64_t version) {
  {
    base::MutexLock lock(mutex_);
    if (slots_[name].loaded.contains(version)) return absl::OkStatus();
  }
  const absl::Time start = absl::Now();
  absl::StatusOr<Handle> handle = LoadAside(name, version);
  const absl::Duration took = absl::Now() - start;
  logger_.Log(handle.ok() ? base::LogLevel::kInfo : base::LogLevel::kError,
              handle.ok() ? "model loaded" : "model refused, what served before goes on",
              {{"model", name},
               {"version", absl::StrCat(version)},
               {"duration_ms", absl::StrFormat("%.1f", absl::ToDoubleMilliseconds(took))},
               {"error", std::string(handle.status().message())}});
  const auto backend_id = store_.BackendId(name, version);

  base::MutexLock lock(mutex_);
  Slot& slot = slots_[name];
  slot.loading.erase(version);
  counters_.load_time += took;
  if (!handle.ok()) {
    ++counters_.load_failures;
    slot.failures[version] = std::string(handle.status().message());
    return base::WithReason(absl::FailedPreconditionError(handle.status().message()),
                            "MODEL_FAILED");
  }
  ++counters_.loads;
  counters_.last_load_time = took;
  slot.failures.erase(version);
  slot.loaded[version].served = {reaper_.Own(*std::move(handle)),
                                 backend_id.ok() ? *backend_id : ""};
  return absl::OkStatus();
}

absl::StatusOr<ModelRegistry::Handle> ModelRegistry::LoadAside(const std::string& name,
                                                               int64_t version) {
  SetStage(name, version, VersionState::kLoading);
  const auto checking = [&] { SetStage(name, version, VersionState::kChecking); };
  absl::StatusOr<Handle> handle =
      options_.loader
          ? options_.loader(store_, name, version, checking)
          : model::LoadModel(
                store_, name, version,
                {.key = options_.key, .precision = options_.precision, .on_checking = checking});
  AIFX_RETURN_IF_ERROR(handle.status());
  SetStage(name, version, VersionState::kWarming);
  if (const absl::Status warm = WarmUp(**handle, options_.warm_batches); !warm.ok()) {
    return absl::Status(warm.code(),
                        absl::StrCat("model ", name, " version ", version, ": ", warm.message()));
  }
  return handle;
}

void ModelRegistry::SetStage(const std::string& name, int64_t version, VersionState stage) {
  base::MutexLock lock(mutex_);
  slots_[name].loading[version] = stage;
}

}  // namespace aifx::serving
