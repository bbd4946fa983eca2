#ifndef AIFX_CORE_FEATURES_TECHNICAL_TECHNICAL_SET_H_
#define AIFX_CORE_FEATURES_TECHNICAL_TECHNICAL_SET_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/base/mutex.h"
#include "core/features/feature_set.h"
#include "core/features/technical/chunk_builder.h"

namespace aifx::features {

// A feature set made of columns of the indicators of families.h. Its memory is the largest of its
// columns, and kRecursiveMemory where one is recursive. Build may be called from any number of
// threads; each keeps one of the set's builders (some 300 KB) while it works, and they are kept for
// later calls.
class TechnicalSet final : public FeatureSet {
 public:
  // NotFound or InvalidArgument, naming the column, where one is unknown or listed twice. Build
  // then fails where the system lacks what an indicator needs, such as a time zone.
  static absl::StatusOr<std::unique_ptr<TechnicalSet>> Make(
      std::string name, Convention convention, std::vector<std::string> columns,
      WindowScaling scaling = WindowScaling::kNone);
  ~TechnicalSet() override;

  const std::string& name() const override { return name_; }
  const std::vector<Column>& columns() const override { return columns_; }
  Convention convention() const override { return convention_; }
  size_t memory() const override { return memory_; }
  size_t warm_up() const override { return warm_up_; }
  size_t volume_memory() const override { return volume_memory_; }
  bool recursive() const override { return recursive_; }
  const std::string& hash() const override { return hash_; }
  WindowScaling window_scaling() const override { return window_scaling_; }
  // kDollarPairs without `pair` where a column uses them.
  std::vector<market::CurrencyPair> ContextPairs(const market::CurrencyPair& pair) const override;
  absl::Status Build(const FeatureInput& input, FeatureMatrix& out) const override;
  absl::Status Compute(const FeatureInput& input, FeatureMatrix& out) const override;
  absl::Status ComputeColumns(const FeatureInput& input, FeatureColumns& out) const override;
  absl::StatusOr<std::unique_ptr<FeatureStream>> NewStream() const override;
  absl::StatusOr<std::unique_ptr<FeatureStream>> NewStreamFor(
      const market::CurrencyPair& pair) const override;

  // What hash() is the SHA-256 of: name, convention, memory, and a line a column with its formula.
  const std::string& canonical_text() const { return canonical_text_; }
  // What is known of each column.
  const std::vector<IndicatorColumn>& details() const { return details_; }

 private:
  struct Worker;

  TechnicalSet() = default;
  absl::Status CheckInput(const FeatureInput& input) const;
  // Compute; clears `all_finite`, where it is given, unless all values are finite.
  absl::Status ComputeRows(const FeatureInput& input, bool* all_finite, FeatureMatrix& out) const;
  absl::StatusOr<std::unique_ptr<Worker>> TakeWorker(const FeatureInput& input) const;
  absl::StatusOr<std::unique_ptr<FeatureStream>> MakeStream(size_t own_pair) const;
  void GiveBack(std::unique_ptr<Worker> worker) const;

  std::string name_;
  Convention convention_ = Convention::kEngine;
  std::vector<std::string> names_;
  std::vector<Column> columns_;
  std::vector<IndicatorColumn> details_;
  size_t memory_ = 1;
  size_t warm_up_ = 0;
  size_t volume_memory_ = 0;
  bool recursive_ = false;
  bool uses_context_ = false;
  WindowScaling window_scaling_ = WindowScaling::kNone;
  std::string canonical_text_;
  std::string hash_;
  mutable base::Mutex mutex_;
  mutable std::vector<std::unique_ptr<Worker>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_TECHNICAL_SET_H_
