#ifndef AIFX_CLIENT_CLI_FEATURES_FEATURE_ROWS_H_
#define AIFX_CLIENT_CLI_FEATURES_FEATURE_ROWS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"

namespace aifx::cli {

// Why candles have no row.
struct DroppedRows {
  int64_t warm_up = 0;    // before the set's first row
  int64_t undefined = 0;  // a value is undefined: 0/0 on flat prices, no volume
  // How many rows lack each column's value, in the set's order; a row may lack several.
  std::vector<int64_t> undefined_by_column;
  // The first such row.
  std::optional<absl::Time> first_undefined;
  std::string first_undefined_column;
};

// The rows of a feature set that a file of features has: those with all of their values. Constant
// memory. Not thread-safe.
class FeatureRows {
 public:
  // Of a series of `pair`; null where it is not known, which sets with context pairs refuse. The
  // set outlives the object. FailedPrecondition where the system lacks what the set needs.
  static absl::StatusOr<FeatureRows> Make(const features::FeatureSet& set,
                                          const market::CurrencyPair* pair);

  // What computes the rows; candles may be given to it directly, and their rows then to Keep.
  features::FeatureStream& stream() { return *stream_; }
  // Takes the next candle for what later rows need of it.
  void Skip(const market::Candle& candle) { stream_->Next(candle); }
  // Takes the next candle: its row, valid until the next call, or nothing, which is counted.
  absl::Span<const double> Next(const market::Candle& candle) {
    return Keep(candle, stream_->Next(candle));
  }
  // `row`, the stream's of that candle, where it is whole; else nothing, which is counted.
  absl::Span<const double> Keep(const market::Candle& candle, absl::Span<const double> row);

  const DroppedRows& dropped() const { return dropped_; }

 private:
  FeatureRows(const features::FeatureSet& set, std::unique_ptr<features::FeatureStream> stream);

  const features::FeatureSet* set_;
  std::unique_ptr<features::FeatureStream> stream_;
  DroppedRows dropped_;
};

// Why a series or a part of it has no row at all, in words, where undefined values are the reason.
std::string UndefinedText(const DroppedRows& dropped);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_FEATURE_ROWS_H_
