#include "core/journal/prediction_counts.h"

#include <algorithm>

namespace aifx::journal {

void PredictionCounts::OnPrediction(const pipeline::PreparedRequest& item,
                                    const pipeline::DecisionPolicy& policy,
                                    absl::Span<const float> logits,
                                    const records::Prediction& prediction) {
  const Key key(prediction.model.name, prediction.model.version);
  const auto bucket = static_cast<size_t>(
      std::lower_bound(kConfidenceBounds.begin(), kConfidenceBounds.end(), prediction.confidence) -
      kConfidenceBounds.begin());
  {
    base::MutexLock lock(mutex_);
    if (counts_.size() >= kMaxVersions && !counts_.contains(key)) {
      counts_.erase(std::min_element(
          counts_.begin(), counts_.end(),
          [](const auto& a, const auto& b) { return a.first.second < b.first.second; }));
    }
    VersionCounts& counts = counts_[key];
    ++counts.signals[static_cast<size_t>(prediction.signal)];
    ++counts.confidence[bucket];
    counts.confidence_sum += prediction.confidence;
  }
  if (next_ != nullptr) next_->OnPrediction(item, policy, logits, prediction);
}

std::map<PredictionCounts::Key, VersionCounts> PredictionCounts::Stats() const {
  base::MutexLock lock(mutex_);
  return counts_;
}

}  // namespace aifx::journal
