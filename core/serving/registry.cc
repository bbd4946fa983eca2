#include "core/serving/registry.h"

#include <set>
#include <utility>

namespace aifx::serving {

ModelRegistry::ModelRegistry(const model::ModelStore& store, base::Logger& logger,
                             RegistryOptions options)
    : store_(store),
      logger_(logger),
      options_(std::move(options)),
      current_(std::make_shared<const ServedModels>()) {}

ModelRegistry::ModelRegistry(const model::ModelStore& store, base::Logger& logger, Loader loader)
    : ModelRegistry(
          store, logger,
          {.loader = [loader = std::move(loader)](
                         const model::ModelStore& from, const std::string& name, int64_t version,
                         const std::function<void()>&) { return loader(from, name, version); },
           .warm_batches = {}}) {}

absl::StatusOr<ServedModel> ModelRegistry::Acquire(const ModelSelector& selector,
                                                   const market::CurrencyPair& pair,
                                                   market::Timeframe timeframe) const {
  return Current()->Find(selector, pair, timeframe);
}

bool ModelRegistry::HasReadyModel() const { return Current()->Serves(); }

std::shared_ptr<const ServedModels> ModelRegistry::Current() const {
  base::MutexLock lock(current_mutex_);
  return current_;
}

void ModelRegistry::SwapIn(std::shared_ptr<const ServedModels> models) {
  // `models` holds the old ones afterwards, which go away after the lock is released.
  base::MutexLock lock(current_mutex_);
  current_.swap(models);
}

std::shared_ptr<const ServedModels> ModelRegistry::Snapshot() const {
  auto models = std::make_shared<ServedModels>();
  for (const auto& [name, slot] : slots_) {
    if (slot.loaded.empty()) continue;
    std::vector<ServedModel> versions;
    for (const auto& [version, loaded] : slot.loaded) versions.push_back(loaded.served);
    models->Add(name, slot.serving, std::move(versions));
  }
  return models;
}

void ModelRegistry::Retire(Slot& slot, int64_t version) {
  std::erase_if(slot.draining, [](const auto& each) { return each.second.expired(); });
  const auto found = slot.loaded.find(version);
  slot.draining.emplace_back(version, found->second.served.model);
  slot.loaded.erase(found);
  ++counters_.unloads;
}

void ModelRegistry::Serve(const std::string& name, int64_t version) {
  int64_t before = 0;
  std::shared_ptr<const ServedModels> models;
  {
    base::MutexLock lock(mutex_);
    Slot& slot = slots_[name];
    slot.refused = 0;
    before = std::exchange(slot.serving, version);
    if (before == version) return;
    ++counters_.swaps;
    if (before != 0 && !slot.loaded.at(before).kept) Retire(slot, before);
    models = Snapshot();
  }
  SwapIn(std::move(models));
  logger_.Info(
      "model serves",
      {{"model", name}, {"version", std::to_string(version)}, {"before", std::to_string(before)}});
  for (const SwapListener& listener : listeners_) listener(name, before, version);
}

VersionView ModelRegistry::View(const std::string& name, const Slot& slot, int64_t version) const {
  VersionView view{.name = name, .version = version, .active = version == slot.active};
  if (const auto failure = slot.failures.find(version); failure != slot.failures.end()) {
    view.state = VersionState::kFailed;
    view.reason = failure->second;
  }
  for (const auto& [draining, handle] : slot.draining) {
    if (draining == version && !handle.expired()) view.state = VersionState::kDraining;
  }
  if (const auto loaded = slot.loaded.find(version); loaded != slot.loaded.end()) {
    view.state = VersionState::kReady;
    view.kernel = loaded->second.served.model->kernel();
  }
  if (const auto stage = slot.loading.find(version); stage != slot.loading.end()) {
    view.state = stage->second;
  }
  if (view.state != VersionState::kFailed) view.reason.clear();
  return view;
}

VersionView ModelRegistry::ViewOf(const std::string& name, int64_t version) const {
  base::MutexLock lock(mutex_);
  const auto slot = slots_.find(name);
  return slot == slots_.end() ? VersionView{.name = name, .version = version}
                              : View(name, slot->second, version);
}

std::vector<VersionView> ModelRegistry::List() const {
  base::MutexLock lock(mutex_);
  std::vector<VersionView> views;
  for (const auto& [name, slot] : slots_) {
    std::set<int64_t> versions(slot.in_store.begin(), slot.in_store.end());
    for (const auto& [version, loaded] : slot.loaded) versions.insert(version);
    for (const int64_t version : versions) views.push_back(View(name, slot, version));
  }
  return views;
}

RegistryStats ModelRegistry::Stats() const {
  const ReaperStats reaper = reaper_.Stats();
  base::MutexLock lock(mutex_);
  RegistryStats stats = counters_;
  stats.freed = reaper.freed;
  stats.waiting_to_free = reaper.waiting;
  for (const auto& [name, slot] : slots_) {
    ModelStats model{.name = name, .active = slot.active, .serving = slot.serving};
    model.loaded = slot.loaded.size();
    model.failed = slot.failures.size();
    for (const auto& [version, handle] : slot.draining) model.draining += handle.expired() ? 0 : 1;
    stats.models.push_back(std::move(model));
  }
  return stats;
}

}  // namespace aifx::serving
