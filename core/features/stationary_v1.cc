#include "core/features/stationary_v1.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/sha256.h"
#include "core/features/finite.h"
#include "core/features/local_time.h"
#include "core/features/stationary_v1_block.h"
#include "core/features/stationary_v1_columns.h"

namespace aifx::features {
namespace {

using stationary_v1::ColumnDefinition;
using stationary_v1::kColumnCount;
using stationary_v1::kColumns;
using stationary_v1::kMemory;

constexpr size_t kFirst = StationaryV1Block::kFirst;
constexpr size_t kBlockRows = kBlockCandles - kFirst;

std::string CanonicalText(absl::string_view name) {
  std::string text = absl::StrCat(name, "\nconvention=engine\nmemory=", kMemory, "\n");
  for (const ColumnDefinition& column : kColumns) {
    absl::StrAppend(&text, column.name, ":", column.formula, "\n");
  }
  return text;
}

}  // namespace

StationaryV1::StationaryV1()
    : name_("stationary-v1"),
      canonical_text_(CanonicalText(name_)),
      hash_(base::Sha256Hex(canonical_text_)),
      london_(LoadZone("Europe/London")),
      new_york_(LoadZone("America/New_York")) {
  for (const ColumnDefinition& column : kColumns) columns_.push_back({column.name, column.kind});
}

size_t StationaryV1::memory() const { return kMemory; }

absl::Status StationaryV1::Build(const FeatureInput& input, FeatureMatrix& out) const {
  const absl::Span<const market::Candle> candles = input.candles;
  if (!london_.ok()) return london_.status();
  if (!new_york_.ok()) return new_york_.status();
  if (candles.size() < kMemory) {
    return absl::FailedPreconditionError(absl::StrCat("feature set ", name_, " needs ", kMemory,
                                                      " candles, ", candles.size(), " came"));
  }
  out.rows = candles.size() - kFirst;
  out.columns = kColumnCount;
  out.values.resize(out.rows * kColumnCount);
  StationaryV1Block builder(*london_, *new_york_);
  bool all_finite = true;
  for (size_t row = 0; row < out.rows; row += kBlockRows) {
    const size_t rows = std::min(kBlockRows, out.rows - row);
    builder.Build(candles.subspan(row, rows + kFirst));
    const auto values = absl::MakeSpan(out.values).subspan(row * kColumnCount, rows * kColumnCount);
    builder.CopyRows(values.data());
    all_finite = SumIsFinite(values) && all_finite;  // here, while the rows are in the cache
  }
  return all_finite ? absl::OkStatus() : CheckFinite(*this, out);
}

absl::StatusOr<std::unique_ptr<FeatureStream>> StationaryV1::NewStream() const {
  if (!london_.ok()) return london_.status();
  if (!new_york_.ok()) return new_york_.status();
  return FeatureSet::NewStream();
}

}  // namespace aifx::features
