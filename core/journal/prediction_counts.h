#ifndef AIFX_CORE_JOURNAL_PREDICTION_COUNTS_H_
#define AIFX_CORE_JOURNAL_PREDICTION_COUNTS_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "core/base/mutex.h"
#include "core/pipeline/prediction_listener.h"

namespace aifx::journal {

// Upper bounds of confidence's buckets.
inline constexpr std::array<double, 8> kConfidenceBounds = {0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};

struct VersionCounts {
  std::array<int64_t, 3> signals{};                                // by records::Signal
  std::array<int64_t, kConfidenceBounds.size() + 1> confidence{};  // the last: above all bounds
  double confidence_sum = 0;
};

// Counts predictions by the version that made them, and hands them on. Thread-safe.
class PredictionCounts final : public pipeline::PredictionListener {
 public:
  using Key = std::pair<std::string, int64_t>;  // model, version

  // Versions that are counted; one that predicts beyond takes the place of the oldest version.
  static constexpr size_t kMaxVersions = 64;

  // `next` hears of every prediction after this; outlives it; may be null.
  explicit PredictionCounts(pipeline::PredictionListener* next) : next_(next) {}

  void OnPrediction(const pipeline::PreparedRequest& item, const pipeline::DecisionPolicy& policy,
                    absl::Span<const float> logits, const records::Prediction& prediction) override;

  // By model, then oldest first.
  std::map<Key, VersionCounts> Stats() const;

 private:
  pipeline::PredictionListener* const next_;
  mutable base::Mutex mutex_;
  std::map<Key, VersionCounts> counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::journal

#endif  // AIFX_CORE_JOURNAL_PREDICTION_COUNTS_H_
