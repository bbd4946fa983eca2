#ifndef AIFX_CORE_FEATURES_STATIONARY_V1_H_
#define AIFX_CORE_FEATURES_STATIONARY_V1_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"

namespace aifx::features {

// The engine's default features: dimensionless ratios of prices and the local time of day and week,
// so that one model serves every price level. Every column has finite memory, is bounded, and is
// neutral (0) where the price stands still. docs/features.md lists the columns.
//
// A row is the same to the last bit whatever history comes before the memory() candles it depends
// on. Immutable; Build may be called from any number of threads and allocates only to enlarge
// `out`; it keeps about 100 KB on the stack.
class StationaryV1 final : public FeatureSet {
 public:
  StationaryV1();

  const std::string& name() const override { return name_; }
  const std::vector<Column>& columns() const override { return columns_; }
  size_t memory() const override;
  const std::string& hash() const override { return hash_; }

  // Besides the errors of FeatureSet::Build: FailedPrecondition where the system's time zone
  // database lacks London or New York.
  absl::Status Build(const FeatureInput& input, FeatureMatrix& out) const override;

  absl::StatusOr<std::unique_ptr<FeatureStream>> NewStream() const override;

  // What hash() is the SHA-256 of: name, convention, memory, and a line a column with its formula.
  const std::string& canonical_text() const { return canonical_text_; }

 private:
  std::string name_;
  std::vector<Column> columns_;
  std::string canonical_text_;
  std::string hash_;
  absl::StatusOr<absl::TimeZone> london_;
  absl::StatusOr<absl::TimeZone> new_york_;
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_STATIONARY_V1_H_
