#ifndef AIFX_CORE_PIPELINE_PREDICTION_CACHE_H_
#define AIFX_CORE_PIPELINE_PREDICTION_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "core/base/mutex.h"
#include "core/model/model.h"
#include "core/pipeline/predictor.h"
#include "core/pipeline/window_hash.h"

namespace aifx::pipeline {

// What determines a model's output.
struct OutputKey {
  const model::Model* model = nullptr;
  WindowHash window;

  friend bool operator==(const OutputKey&, const OutputKey&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const OutputKey& key) {
    return H::combine(std::move(state), key.model, key.window);
  }
};

struct PredictionCacheStats {
  size_t entries = 0;  // now
  size_t bytes = 0;    // now, estimated
  int64_t hits = 0;
  int64_t misses = 0;
  int64_t evictions = 0;  // for want of room, or with their model
};

// The outputs of models for the windows seen last. Outputs only: risk options, the kill switch, the
// age of the candles and the request's id are applied to each answer anew. A corrected candle makes
// another window, and a new version is another model, so that nothing wrong is ever found; a model
// that goes away takes its outputs along. Thread-safe.
class PredictionCache {
 public:
  struct Options {
    size_t max_entries = 4096;  // 0: keeps nothing
    size_t max_bytes = 16 << 20;
  };

  explicit PredictionCache(const Options& options) : options_(options) {}

  // REQUIRES: key.model == model.get(), in all three. Peek counts nothing.
  std::optional<Logits> Find(const OutputKey& key,
                             const std::shared_ptr<const model::Model>& model);
  std::optional<Logits> Peek(const OutputKey& key,
                             const std::shared_ptr<const model::Model>& model) const;
  void Store(const OutputKey& key, const std::shared_ptr<const model::Model>& model,
             const Logits& logits);

  // Drops the outputs of a version that serves no more (a listener of the registry's swaps), and of
  // models that are gone.
  void EvictVersion(const std::string& name, int64_t version);

  bool enabled() const { return options_.max_entries > 0; }
  PredictionCacheStats Stats() const;

 private:
  struct Entry {
    OutputKey key;
    std::weak_ptr<const model::Model> model;  // another one may get the same address later
    Logits logits;
    size_t bytes = 0;
  };
  using Entries = std::list<Entry>;

  // Null where it is not there.
  const Entries::iterator* Look(const OutputKey& key,
                                const std::shared_ptr<const model::Model>& model) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Erase(Entries::iterator entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable base::Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);  // the one used last comes first
  absl::flat_hash_map<OutputKey, Entries::iterator> index_ ABSL_GUARDED_BY(mutex_);
  PredictionCacheStats stats_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_PREDICTION_CACHE_H_
