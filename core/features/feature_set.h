#ifndef AIFX_CORE_FEATURES_FEATURE_SET_H_
#define AIFX_CORE_FEATURES_FEATURE_SET_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/market/candle.h"

namespace aifx::features {

// Feature values of consecutive candles, row-major: values[row * columns + column].
struct FeatureMatrix {
  size_t rows = 0;
  size_t columns = 0;
  std::vector<double> values;

  absl::Span<const double> Row(size_t row) const {
    return absl::MakeConstSpan(values).subspan(row * columns, columns);
  }
};

// Where a column's information comes from; decides which of the answer's factors it feeds.
enum class ColumnKind { kPrice, kTime, kMacro };

struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::kPrice;
};

// A named, versioned, ordered list of causal features: the value at candle t uses candles <= t
// only. The same object computes them for training and for serving. Immutable and thread-safe.
class FeatureSet {
 public:
  virtual ~FeatureSet() = default;

  // Such as "stationary-v1".
  virtual const std::string& name() const = 0;
  virtual const std::vector<Column>& columns() const = 0;
  // How many candles (itself included) the newest row depends on. Rows before memory() - 1 are
  // warm-up and are not produced.
  virtual size_t memory() const = 0;
  // SHA-256 of the set's canonical text: name, version, convention, columns in order, parameters.
  virtual const std::string& hash() const = 0;

  // One row for each candle from index memory() - 1 on, into `out` (reused, so that a steady caller
  // does not allocate). Row r belongs to candles[memory() - 1 + r].
  // FailedPrecondition, saying how many candles are needed and came, where there are fewer than
  // memory(); Internal, naming the column and the candle, where a value is not finite.
  // REQUIRES: candles passed market::ValidateCandles.
  virtual absl::Status Build(absl::Span<const market::Candle> candles,
                             FeatureMatrix& out) const = 0;

  // Candles needed for a sequence of rows: memory() + sequence - 1.
  size_t CandlesNeeded(size_t sequence) const { return memory() + sequence - 1; }
};

// The set of that name, which lives for the whole process. NotFound, listing the names that exist.
absl::StatusOr<const FeatureSet*> FindFeatureSet(absl::string_view name);

// The engine's default: stationary-v1.
const FeatureSet& DefaultFeatureSet();

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_FEATURE_SET_H_
