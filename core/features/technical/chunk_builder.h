#ifndef AIFX_CORE_FEATURES_TECHNICAL_CHUNK_BUILDER_H_
#define AIFX_CORE_FEATURES_TECHNICAL_CHUNK_BUILDER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/features/technical/indicator.h"

namespace aifx::features {

// Computes a list of columns, chunk by chunk, from the first candle of a series on. It is what both
// bulk and incremental computation use: a row comes out the same, to the last bit, whether it came
// alone or with others. Allocates when it is made only. Not thread-safe.
class ChunkBuilder {
 public:
  // NotFound, naming the column, where no indicator of families.h has it; FailedPrecondition where
  // the system lacks what an indicator needs; Internal where an indicator uses other pairs and no
  // column says so.
  static absl::StatusOr<std::unique_ptr<ChunkBuilder>> Make(Convention convention,
                                                            absl::Span<const std::string> names);

  // What is known of those columns, in the order of the names. NotFound as Make.
  static absl::StatusOr<std::vector<IndicatorColumn>> Describe(Convention convention,
                                                               absl::Span<const std::string> names);

  // The columns, in the order of the names.
  const std::vector<IndicatorColumn>& columns() const { return columns_; }

  // Starts over with another series.
  void Restart();

  // Takes the next candles, with what is known of other pairs at each, and writes column c of their
  // rows to out[c][0 .. candles.size()); NaN before the column's first row.
  // REQUIRES: 1 <= candles.size() <= kChunkRows, out.size() == columns().size().
  void Append(absl::Span<const market::Candle> candles, const ContextCloses& context,
              absl::Span<double* const> out);

 private:
  // The indicator of one family, and where its columns go.
  struct Member {
    const IndicatorFamily* family = nullptr;
    Wanted wanted;
    std::vector<size_t> target;  // of each column of the family: index in columns_
    std::vector<double*> out;    // of each column of the family, for the chunk
    std::unique_ptr<Indicator> indicator;
  };

  ChunkBuilder() = default;
  absl::Status Add(Convention convention, const std::string& name);

  Workspace workspace_;
  std::vector<IndicatorColumn> columns_;
  std::vector<Member> members_;
  size_t last_first_row_ = 0;  // the largest of the columns
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_CHUNK_BUILDER_H_
