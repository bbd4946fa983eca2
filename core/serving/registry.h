#ifndef AIFX_CORE_SERVING_REGISTRY_H_
#define AIFX_CORE_SERVING_REGISTRY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"
#include "core/model/model.h"
#include "core/model/model_store.h"
#include "core/serving/model_control.h"
#include "core/serving/reaper.h"
#include "core/serving/registry_stats.h"
#include "core/serving/served_models.h"
#include "core/serving/version_view.h"

namespace aifx::serving {

// Reads a version and lets it pass only when everything holds; calls `checking` once it is read.
using StagedLoader = std::function<absl::StatusOr<std::shared_ptr<const model::Model>>(
    const model::ModelStore& store, const std::string& name, int64_t version,
    const std::function<void()>& checking)>;

struct RegistryOptions {
  StagedLoader loader;                  // empty: model::LoadModel
  std::optional<model::PublicKey> key;  // whose signature that asks for; absent: for none
  // Of the direct LSTM kernel; absent: each model's own.
  std::optional<model::Precision> precision;
  // Batch sizes that requests will use; a version runs at each before it is ready.
  std::vector<size_t> warm_batches = {1, 4, 8, 16, 32, 64};
  size_t max_kept = 4;  // versions that Load may keep, over all models
};

// The models that serve. The store's active.json decides which version of each does; versions that
// were loaded by command answer requests that name them. A version is loaded, checked and warmed
// beside the others and takes over in one step; one that fails never serves, and what served
// before goes on. A request keeps what it acquired for as long as it holds it; then the reaper
// frees it. Thread-safe.
class ModelRegistry final : public ModelControl {
 public:
  using Loader = std::function<absl::StatusOr<std::shared_ptr<const model::Model>>(
      const model::ModelStore& store, const std::string& name, int64_t version)>;

  // The references outlive the registry.
  ModelRegistry(const model::ModelStore& store, base::Logger& logger, RegistryOptions options = {});
  // Over a loader without stages, and without warm-up.
  ModelRegistry(const model::ModelStore& store, base::Logger& logger, Loader loader);

  // Compares the store with what is loaded, loads what became active and swaps it in. Called at
  // start and every two seconds; a version that failed is not tried again until another one was
  // active in between, or by command. Blocks while loading; not for RPC threads.
  void Refresh();

  absl::StatusOr<VersionView> Load(const std::string& name, int64_t version,
                                   const base::CallContext& context) override;
  absl::StatusOr<VersionView> Unload(const std::string& name, int64_t version,
                                     const base::CallContext& context) override;
  absl::StatusOr<VersionView> Release(const std::string& name, int64_t version,
                                      const base::CallContext& context) override;
  absl::StatusOr<Activation> SetActive(const std::string& name, int64_t version,
                                       const base::CallContext& context) override;
  absl::StatusOr<Activation> Rollback(const std::string& name,
                                      const base::CallContext& context) override;

  // NotFound with what is there: unknown name or version not loaded. FailedPrecondition where no
  // model serves at all, or where no name was given and not exactly one fits. Never waits for a
  // load.
  absl::StatusOr<ServedModel> Acquire(const ModelSelector& selector,
                                      const market::CurrencyPair& pair,
                                      market::Timeframe timeframe) const;

  // Every complete version in the store as of the last look, and what is loaded, in its present
  // state: by name, then oldest first.
  std::vector<VersionView> List() const;

  bool HasReadyModel() const;

  RegistryStats Stats() const;

  // Calls `listener` after every swap, on the thread that swapped; the old version is 0 where none
  // served. By then new requests get the new version, while some that acquired the old one may
  // still run: what a listener drops may be written again by them, unless it is keyed by version.
  // It must not command this registry. REQUIRES: before the first Refresh or command.
  using SwapListener =
      std::function<void(const std::string& name, int64_t old_version, int64_t new_version)>;
  void OnSwap(SwapListener listener) { listeners_.push_back(std::move(listener)); }

  // Blocks until the models that nobody holds any more are freed.
  void FlushFreed() { reaper_.Flush(); }

 private:
  using Handle = std::shared_ptr<const model::Model>;
  struct Loaded {
    ServedModel served;
    bool kept = false;  // by Load: stays when another version takes over
  };
  struct Slot {
    std::vector<int64_t> in_store;  // oldest first, as of the last look
    int64_t active = 0;             // what active.json names
    int64_t serving = 0;            // what answers; in `loaded` where not 0
    std::map<int64_t, Loaded> loaded;
    std::map<int64_t, VersionState> loading;  // the stage of one that is on its way
    std::map<int64_t, std::string> failures;  // why, by version
    int64_t refused = 0;                      // became active and failed: Refresh waits
    std::vector<std::pair<int64_t, std::weak_ptr<const model::Model>>> draining;
    std::string active_trouble;  // why active.json could not be read; logged once
  };

  // Those below that load or swap run one at a time.
  void RefreshModel(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(command_mutex_);
  // Reads from the store what the slot shows of it; what active.json names, 0 where nothing.
  int64_t LookAtStore(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(command_mutex_);
  absl::Status CheckInStore(const std::string& name, int64_t version) const;
  // Keeps a version no longer: it goes now, or, where it serves, once another one takes over.
  // Whether it was loaded.
  bool LetGo(const std::string& name, int64_t version)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(command_mutex_);
  // Loads a version unless it is; its failure is kept for List.
  absl::Status EnsureLoaded(const std::string& name, int64_t version)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(command_mutex_);
  absl::StatusOr<Handle> LoadAside(const std::string& name, int64_t version);
  // Makes a loaded version answer, takes the one before out of service, tells the listeners.
  void Serve(const std::string& name, int64_t version)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(command_mutex_);
  absl::StatusOr<Activation> Activate(const std::string& name, int64_t version)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(command_mutex_);
  absl::StatusOr<int64_t> DefaultVersion(const std::string& name) const;

  void SetStage(const std::string& name, int64_t version, VersionState stage);
  // Takes a version out of what requests choose from; the next Publish lets go of it.
  void Retire(Slot& slot, int64_t version) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Builds what requests choose from; swapped in with SwapIn, outside the lock.
  std::shared_ptr<const ServedModels> Snapshot() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SwapIn(std::shared_ptr<const ServedModels> models);
  std::shared_ptr<const ServedModels> Current() const;
  VersionView View(const std::string& name, const Slot& slot, int64_t version) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  VersionView ViewOf(const std::string& name, int64_t version) const;

  const model::ModelStore& store_;
  base::Logger& logger_;
  const RegistryOptions options_;
  std::vector<SwapListener> listeners_;  // fixed before the first Refresh

  Reaper reaper_;              // before what holds its handles
  base::Mutex command_mutex_;  // one load or swap at a time; held while loading
  mutable base::Mutex mutex_;  // never held while loading, nor by requests
  std::map<std::string, Slot> slots_ ABSL_GUARDED_BY(mutex_);
  RegistryStats counters_ ABSL_GUARDED_BY(mutex_);  // without the gauges
  mutable base::Mutex current_mutex_;               // held for the copy of a pointer
  std::shared_ptr<const ServedModels> current_ ABSL_GUARDED_BY(current_mutex_);
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_REGISTRY_H_
