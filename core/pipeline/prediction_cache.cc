#include "core/pipeline/prediction_cache.h"

namespace aifx::pipeline {
namespace {

// The list's node, the index's slot and its share of free slots.
constexpr size_t kOverhead = 96;

bool SameModel(const std::weak_ptr<const model::Model>& kept,
               const std::shared_ptr<const model::Model>& model) {
  return !kept.owner_before(model) && !model.owner_before(kept);
}

}  // namespace

const PredictionCache::Entries::iterator* PredictionCache::Look(
    const OutputKey& key, const std::shared_ptr<const model::Model>& model) const {
  const auto found = index_.find(key);
  if (found == index_.end() || !SameModel(found->second->model, model)) return nullptr;
  return &found->second;
}

std::optional<Logits> PredictionCache::Find(const OutputKey& key,
                                            const std::shared_ptr<const model::Model>& model) {
  base::MutexLock lock(mutex_);
  const Entries::iterator* const entry = Look(key, model);
  if (entry == nullptr) {
    ++stats_.misses;
    return std::nullopt;
  }
  ++stats_.hits;
  entries_.splice(entries_.begin(), entries_, *entry);
  return (*entry)->logits;
}

std::optional<Logits> PredictionCache::Peek(
    const OutputKey& key, const std::shared_ptr<const model::Model>& model) const {
  base::MutexLock lock(mutex_);
  const Entries::iterator* const entry = Look(key, model);
  return entry == nullptr ? std::nullopt : std::make_optional((*entry)->logits);
}

void PredictionCache::Store(const OutputKey& key, const std::shared_ptr<const model::Model>& model,
                            const Logits& logits) {
  if (!enabled()) return;
  const size_t bytes = sizeof(Entry) + kOverhead + logits.capacity() * sizeof(float);
  base::MutexLock lock(mutex_);
  if (const auto found = index_.find(key); found != index_.end()) Erase(found->second);
  entries_.push_front({.key = key, .model = model, .logits = logits, .bytes = bytes});
  index_[key] = entries_.begin();
  stats_.bytes += bytes;
  while (entries_.size() > options_.max_entries || stats_.bytes > options_.max_bytes) {
    Erase(std::prev(entries_.end()));
    ++stats_.evictions;
  }
}

void PredictionCache::EvictVersion(const std::string& name, int64_t version) {
  base::MutexLock lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto current = entry++;
    const std::shared_ptr<const model::Model> model = current->model.lock();
    if (model != nullptr &&
        (model->manifest().name != name || model->manifest().version != version)) {
      continue;
    }
    Erase(current);
    ++stats_.evictions;
  }
}

void PredictionCache::Erase(Entries::iterator entry) {
  stats_.bytes -= entry->bytes;
  index_.erase(entry->key);
  entries_.erase(entry);
}

PredictionCacheStats PredictionCache::Stats() const {
  base::MutexLock lock(mutex_);
  PredictionCacheStats stats = stats_;
  stats.entries = entries_.size();
  return stats;
}

}  // namespace aifx::pipeline
