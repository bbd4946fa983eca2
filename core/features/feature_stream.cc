// FeatureSet's streams and columns by way of Compute, for sets that have nothing better.
#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/features/feature_set.h"

namespace aifx::features {
namespace {

// Computes the newest row again from the memory() candles that it depends on. For sets of finite
// memory whose rows need a whole window.
class WindowStream final : public FeatureStream {
 public:
  explicit WindowStream(const FeatureSet& set) : set_(set), candles_(2 * set.memory()) {
    row_.values.resize(set.columns().size());
  }

  absl::Span<const double> Next(const market::Candle& candle) override {
    // Every candle stands in both halves, so that the newest ones are always side by side.
    const size_t memory = candles_.size() / 2;
    candles_[next_] = candles_[next_ + memory] = candle;
    next_ = (next_ + 1) % memory;
    seen_ = std::min(seen_ + 1, memory);
    if (seen_ < memory) return {};
    const auto window = absl::MakeConstSpan(candles_).subspan(next_, memory);
    const absl::Status status = set_.Compute(window, row_);
    // Internal: a value is not finite, and the row has it. After any other error the row would
    // still hold the values of the candle before.
    if (!status.ok() && !absl::IsInternal(status)) {
      row_.values.assign(set_.columns().size(), std::numeric_limits<double>::quiet_NaN());
    }
    return row_.values;
  }

  void Restart() override { next_ = seen_ = 0; }

 private:
  const FeatureSet& set_;
  std::vector<market::Candle> candles_;
  size_t next_ = 0;
  size_t seen_ = 0;
  FeatureMatrix row_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FeatureStream>> FeatureSet::NewStream() const {
  if (warm_up() + 1 != memory()) {
    return absl::UnimplementedError("the rows of this set need more than a window");
  }
  return std::make_unique<WindowStream>(*this);
}

absl::Status FeatureStream::AddContext(const market::CurrencyPair& pair, const market::Candle&) {
  return absl::InvalidArgumentError(
      absl::StrCat("the feature set does not use candles of ", pair.ToString()));
}

absl::Status FeatureSet::ComputeColumns(const FeatureInput& input, FeatureColumns& out) const {
  FeatureMatrix matrix;
  AIFX_RETURN_IF_ERROR(Compute(input, matrix));
  out.rows = matrix.rows;
  out.columns = matrix.columns;
  out.values.resize(matrix.values.size());
  for (size_t r = 0; r < out.rows; ++r) {
    for (size_t c = 0; c < out.columns; ++c) out.values[c * out.rows + r] = matrix.Row(r)[c];
  }
  return absl::OkStatus();
}

}  // namespace aifx::features
