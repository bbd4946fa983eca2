#include "core/serving/registry.h"

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/violation.h"

namespace aifx::serving {
namespace {

absl::Status NoModel() {
  return base::WithReason(
      absl::FailedPreconditionError(
          "no model serves yet: train one with `aifx train weekly`, or see the reason that "
          "ListModels gives for each version"),
      "NO_MODEL_READY");
}

}  // namespace

ModelRegistry::ModelRegistry(const model::ModelStore& store, base::Logger& logger, Loader loader)
    : store_(store), logger_(logger), loader_(std::move(loader)) {}

void ModelRegistry::Refresh() {
  base::MutexLock refresh_lock(refresh_mutex_);
  const auto names = store_.ListModels();
  if (!names.ok()) {
    logger_.Error("cannot read the model store",
                  {{"error", std::string(names.status().message())}});
    return;
  }
  std::vector<VersionView> views;
  for (const std::string& name : *names) RefreshModel(name, views);
  base::MutexLock lock(mutex_);
  views_ = std::move(views);
}

void ModelRegistry::RefreshModel(const std::string& name, std::vector<VersionView>& views) {
  const auto active = store_.Active(name);
  const int64_t wanted = active.ok() ? active->version : 0;
  bool load = false;
  {
    base::MutexLock lock(mutex_);
    Slot& slot = slots_[name];
    if (wanted != 0 && wanted != slot.failed_version) {
      // Another one is active now: what failed before may be tried again later.
      slot.failed_version = 0;
      slot.failure.clear();
    }
    const std::string trouble =
        active.ok() || absl::IsNotFound(active.status()) ? "" : active.status().ToString();
    if (trouble != slot.active_trouble && !trouble.empty()) {
      logger_.Error("cannot tell which version is active", {{"model", name}, {"error", trouble}});
    }
    slot.active_trouble = trouble;
    load = wanted != 0 && wanted != slot.loaded_version && wanted != slot.failed_version;
  }
  absl::StatusOr<std::shared_ptr<const model::Model>> loaded = absl::NotFoundError("not tried");
  if (load) {
    loaded = loader_(store_, name, wanted);
    logger_.Log(loaded.ok() ? base::LogLevel::kInfo : base::LogLevel::kError,
                loaded.ok() ? "model serves" : "model refused, what served before goes on",
                {{"model", name},
                 {"version", absl::StrCat(wanted)},
                 {"error", std::string(loaded.status().message())}});
  }
  const auto backend_id = store_.BackendId(name, wanted);

  ServedModel retired;  // destroyed after the lock is released
  int64_t swapped_out = 0;
  // Runs after the lock below is released.
  const absl::Cleanup tell = [&] {
    if (!loaded.ok()) return;
    for (const SwapListener& listener : listeners_) listener(name, swapped_out, wanted);
  };
  base::MutexLock lock(mutex_);
  Slot& slot = slots_[name];
  if (load && loaded.ok()) {
    retired = std::exchange(slot.served, {*loaded, ""});
    swapped_out = std::exchange(slot.loaded_version, wanted);
    slot.failed_version = 0;
    slot.failure.clear();
  } else if (load) {
    slot.failed_version = wanted;
    slot.failure = std::string(loaded.status().message());
  }
  if (slot.loaded_version == wanted && backend_id.ok()) slot.served.backend_id = *backend_id;

  const auto versions = store_.ListVersions(name);
  if (!versions.ok()) return;
  for (const int64_t version : *versions) {
    VersionView view{name, version, VersionState::kDiscovered, "", version == wanted, ""};
    if (version == slot.loaded_version) view.state = VersionState::kReady;
    if (version == slot.failed_version) {
      view.state = VersionState::kFailed;
      view.reason = slot.failure;
    }
    views.push_back(std::move(view));
  }
}

absl::StatusOr<ServedModel> ModelRegistry::Acquire(const ModelSelector& selector,
                                                   const market::CurrencyPair& pair,
                                                   market::Timeframe timeframe) const {
  const std::string pair_name = pair.ToString();
  base::MutexLock lock(mutex_);
  std::vector<std::string> ready;
  const Slot* chosen = nullptr;
  int matches = 0;
  for (const auto& [name, slot] : slots_) {
    if (slot.served.model == nullptr) continue;
    ready.push_back(name);
    if (!selector.name.empty()) {
      if (name == selector.name) chosen = &slot;
      continue;
    }
    const model::Manifest& manifest = slot.served.model->manifest();
    if (manifest.pair == pair_name && manifest.timeframe == market::TimeframeName(timeframe)) {
      chosen = &slot;
      ++matches;
    }
  }
  if (ready.empty()) return NoModel();
  if (matches > 1 || (chosen == nullptr && selector.name.empty())) {
    return base::WithReason(
        absl::FailedPreconditionError(absl::StrCat(
            matches > 1 ? "several models are" : "no model is", " trained for ", pair_name, " ",
            market::TimeframeName(timeframe), ": name one of ", absl::StrJoin(ready, ", "))),
        "MODEL_NOT_CHOSEN");
  }
  if (chosen == nullptr) {
    return base::WithReason(
        absl::NotFoundError(absl::StrCat("model.name \"", selector.name, "\" does not serve; ",
                                         absl::StrJoin(ready, ", "), " does")),
        "MODEL_NOT_FOUND");
  }
  if (selector.version != 0 && selector.version != chosen->loaded_version) {
    return base::WithReason(absl::NotFoundError(absl::StrCat(
                                "model.version ", selector.version,
                                " is not loaded; the one that serves is ", chosen->loaded_version)),
                            "VERSION_NOT_FOUND");
  }
  return chosen->served;
}

std::vector<VersionView> ModelRegistry::List() const {
  base::MutexLock lock(mutex_);
  return views_;
}

bool ModelRegistry::HasReadyModel() const {
  base::MutexLock lock(mutex_);
  for (const auto& [name, slot] : slots_) {
    if (slot.served.model != nullptr) return true;
  }
  return false;
}

}  // namespace aifx::serving
