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
#include "core/serving/version_view.h"

namespace aifx::serving {

// Which model a request wants.
struct ModelSelector {
  std::string name;     // empty: the model trained for the pair and timeframe
  int64_t version = 0;  // 0: the active one
};

// A model that serves, with the id under which the backend knows it.
struct ServedModel {
  std::shared_ptr<const model::Model> model;
  std::string backend_id;  // empty where its registration is pending
};

// The models that serve. The store's active.json decides which version of each; a version that
// fails its checks never serves, and the one before stays. A request keeps what it acquired alive
// for as long as it holds it. Thread-safe.
class ModelRegistry {
 public:
  using Loader = std::function<absl::StatusOr<std::shared_ptr<const model::Model>>(
      const model::ModelStore& store, const std::string& name, int64_t version)>;

  ModelRegistry(const model::ModelStore& store, base::Logger& logger,
                Loader loader = model::LoadModel);

  // Compares the store with what is loaded, loads what became active and swaps it in. Called at
  // start and every two seconds; a version that failed is not tried again until another one was
  // active in between. Blocks while loading; not for RPC threads.
  void Refresh();

  // NotFound with what is there: unknown name or version not loaded. FailedPrecondition where no
  // model serves at all, or where no name was given and several fit.
  absl::StatusOr<ServedModel> Acquire(const ModelSelector& selector,
                                      const market::CurrencyPair& pair,
                                      market::Timeframe timeframe) const;

  // Every complete version in the store as of the last Refresh, by name, then oldest first.
  std::vector<VersionView> List() const;

  bool HasReadyModel() const;

  // Calls `listener` after every swap, on the thread that swapped; the old version is 0 where none
  // served. By then new requests get the new version, while some that acquired the old one may
  // still run: what a listener drops may be written again by them, unless it is keyed by version.
  // It must not command this registry. REQUIRES: before the first Refresh.
  using SwapListener =
      std::function<void(const std::string& name, int64_t old_version, int64_t new_version)>;
  void OnSwap(SwapListener listener) { listeners_.push_back(std::move(listener)); }

 private:
  struct Slot {
    ServedModel served;  // model null until the first version passed its checks
    int64_t loaded_version = 0;
    int64_t failed_version = 0;
    std::string failure;
    std::string active_trouble;  // why active.json could not be read; logged once
  };

  void RefreshModel(const std::string& name, std::vector<VersionView>& views);

  const model::ModelStore& store_;
  base::Logger& logger_;
  const Loader loader_;
  std::vector<SwapListener> listeners_;  // fixed before the first Refresh
  base::Mutex refresh_mutex_;            // one Refresh at a time; held while loading
  mutable base::Mutex mutex_;            // never held while loading
  std::map<std::string, Slot> slots_ ABSL_GUARDED_BY(mutex_);
  std::vector<VersionView> views_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_REGISTRY_H_
