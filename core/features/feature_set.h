#ifndef AIFX_CORE_FEATURES_FEATURE_SET_H_
#define AIFX_CORE_FEATURES_FEATURE_SET_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/features/feature_input.h"
#include "core/market/candle.h"
#include "core/market/currency_pair.h"

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

// The same, column by column: values[column * rows + row].
struct FeatureColumns {
  size_t rows = 0;
  size_t columns = 0;
  std::vector<double> values;

  absl::Span<const double> Column(size_t column) const {
    return absl::MakeConstSpan(values).subspan(column * rows, rows);
  }
};

// Where a column's information comes from; decides which of the answer's factors it feeds.
enum class ColumnKind { kPrice, kTime, kMacro };

// How a column answers where every price of the series is multiplied by a constant. Tests hold it.
enum class PriceScaling { kInvariant, kProportional };
// How it answers where a constant is added to every price; kNone: in no simple way.
enum class PriceShift { kNone, kInvariant, kFollows };

struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::kPrice;
  PriceScaling scaling = PriceScaling::kInvariant;
  PriceShift shift = PriceShift::kNone;
};

// Whose definition the names of a set stand for, where there are several (docs/features.md).
enum class Convention {
  kEngine,     // one definition only
  kReference,  // as pandas computes them: simple means, exponential means from the first value
  kTaLib       // as TA-Lib does: Wilder's averages, exponential means from a simple one
};

// What is done to the rows of a window before a model gets it (window_scaling.h), besides the
// scaler that a model may have of its own.
enum class WindowScaling {
  kNone,
  // Each column over the rows of the window: (x - mean) / (deviation + 1e-8), population deviation.
  kZScore
};

// Computes a feature set one candle at a time: constant memory, and no allocation after it was
// made. Not thread-safe.
class FeatureStream {
 public:
  virtual ~FeatureStream() = default;

  // Takes the next closed candle of the series. Its row, as Compute gives it (so a value may be
  // NaN, and all are where Compute fails); empty during warm-up. The span is valid until the next
  // call.
  virtual absl::Span<const double> Next(const market::Candle& candle) = 0;

  // Takes the next closed candle of a context pair, before the first candle of the series that
  // opens no earlier. Of several before the same candle of the series only the last one counts, and
  // the others may be left out. A pair of which nothing came is unknown, as where its candles are
  // missing.
  // InvalidArgument where the set does not use the pair or the candle comes too late;
  // ResourceExhausted where the series is too far behind.
  virtual absl::Status AddContext(const market::CurrencyPair& pair, const market::Candle& candle);

  // Starts over with another series.
  virtual void Restart() = 0;
};

// A named, versioned, ordered list of causal features: the value at candle t uses candles <= t
// only. The same object computes them for training and for serving. Immutable and thread-safe.
class FeatureSet {
 public:
  virtual ~FeatureSet() = default;

  // Such as "stationary-v1".
  virtual const std::string& name() const = 0;
  virtual const std::vector<Column>& columns() const = 0;
  virtual Convention convention() const { return Convention::kEngine; }
  // How many candles (itself included) the newest row depends on.
  virtual size_t memory() const = 0;
  // The first candle that gets a row; those before it are warm-up. Where it is less than
  // memory() - 1, the rows in between depend on where the series starts.
  virtual size_t warm_up() const { return memory() - 1; }
  // How many candles (its own included) a row uses the volume of; 0: none.
  virtual size_t volume_memory() const { return 0; }
  // Whether a column never forgets the first candle quite: beyond memory() candles 1e-9 of it is
  // left. Such rows depend on where the series starts and must be cached by its first candle.
  virtual bool recursive() const { return false; }
  // SHA-256 of the set's canonical text: name, version, convention, columns in order, parameters.
  virtual const std::string& hash() const = 0;
  // How a model's windows of rows are scaled. Part of what hash() stands for.
  virtual WindowScaling window_scaling() const { return WindowScaling::kNone; }
  // The pairs whose candles, of the same timeframe, the set uses beside those of `pair`; none for
  // most sets. The newest row depends on their candles that opened after the first of memory()
  // candles of the series and no later than the newest.
  virtual std::vector<market::CurrencyPair> ContextPairs(const market::CurrencyPair&) const {
    return {};
  }

  // One row for each candle from index warm_up() on, into `out` (reused, so that a steady caller
  // does not allocate). Row r belongs to candles[warm_up() + r].
  // FailedPrecondition, saying how many candles are needed and came, where there are no more than
  // warm_up(), and, naming the pairs, where the candles of a context pair are missing altogether;
  // Internal, naming the column and the candle, where a value is not finite: `out` holds it then.
  // REQUIRES: all candles passed market::ValidateCandles.
  virtual absl::Status Build(const FeatureInput& input, FeatureMatrix& out) const = 0;

  // The same, but leaves values that are undefined (0/0 on flat prices, no volume) as NaN: for data
  // sets, which drop such rows and count them.
  virtual absl::Status Compute(const FeatureInput& input, FeatureMatrix& out) const {
    return Build(input, out);
  }

  // Compute's values as contiguous columns. Faster where a set computes them that way.
  virtual absl::Status ComputeColumns(const FeatureInput& input, FeatureColumns& out) const;

  // The set, one candle at a time; its rows are those of Compute. The set must outlive it.
  // FailedPrecondition where the system lacks what the set needs, such as a time zone.
  virtual absl::StatusOr<std::unique_ptr<FeatureStream>> NewStream() const;

  // The same for the series of a pair, which a set with context does not ask for as context.
  virtual absl::StatusOr<std::unique_ptr<FeatureStream>> NewStreamFor(
      const market::CurrencyPair&) const {
    return NewStream();
  }

  // The fewest candles that give a sequence of rows: warm_up() + sequence.
  size_t CandlesNeeded(size_t sequence) const { return warm_up() + sequence; }
  // The candles that a sequence of rows depends on: memory() + sequence - 1, and not fewer than
  // needed. With fewer, the rows of a recursive set differ from those of the whole history.
  size_t CandlesWanted(size_t sequence) const {
    return std::max(memory() - 1, warm_up()) + sequence;
  }
};

// The set of that name, which lives for the whole process. NotFound, listing the names that exist.
absl::StatusOr<const FeatureSet*> FindFeatureSet(absl::string_view name);

// The same with a convention beside the name: FindFeatureSet("v3.2", kTaLib) is "v3.2-talib". Sets
// with one definition only are found under every convention.
absl::StatusOr<const FeatureSet*> FindFeatureSet(absl::string_view name, Convention convention);

// The engine's default: stationary-v1.
const FeatureSet& DefaultFeatureSet();

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_FEATURE_SET_H_
