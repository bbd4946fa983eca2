// The columns of stationary-v1 (docs/features.md), for sets that build on them.
#include <algorithm>

#include "core/base/status_macros.h"
#include "core/features/stationary_v1_block.h"
#include "core/features/technical/families.h"
#include "core/features/technical/shared_series.h"

namespace aifx::features {
namespace {

// The kernels want a block of candles with its history, so the chunk's is put together for them.
class StationaryV1Columns final : public Indicator {
 public:
  StationaryV1Columns(Workspace& workspace, absl::TimeZone london, absl::TimeZone new_york)
      : log_close_(workspace.Shared<LogClose>().values()), block_(london, new_york) {
    CandleBlock& block = block_.block();
    parts_ = {{&workspace.open(), &block.open},
              {&workspace.high(), &block.high},
              {&workspace.low(), &block.low},
              {&workspace.close(), &block.close},
              {&workspace.open_seconds(), &block.open_seconds},
              {&log_close_, &block.log_close}};
    for (const Part& part : parts_) part.from->RequirePast(kPast);
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    for (const Part& part : parts_) {
      std::copy_n(part.from->data() + chunk.begin - kPast, kPast + chunk.size(), part.to->data());
    }
    block_.block().size = kPast + chunk.size();
    block_.Build();
    for (size_t k = 0; k < out.size(); ++k) {
      if (out[k] != nullptr) {
        std::copy_n(block_.column(k).data() + kPast, chunk.size(), out[k]);
      }
    }
  }

 private:
  static constexpr size_t kPast = StationaryV1Block::kFirst;
  static_assert(kPast + kChunkRows <= kBlockCandles);
  struct Part {
    SeriesBuffer* from;
    Series* to;
  };

  SeriesBuffer& log_close_;
  StationaryV1Block block_;
  std::vector<Part> parts_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  std::vector<IndicatorColumn> columns;
  if (convention != Convention::kEngine) return columns;
  for (const stationary_v1::ColumnDefinition& known : stationary_v1::kColumns) {
    columns.push_back(EngineColumn(known.name, known.kind, known.formula, known.memory));
  }
  return columns;
}

absl::StatusOr<std::unique_ptr<Indicator>> Make(Workspace& workspace, Convention, const Wanted&) {
  AIFX_ASSIGN_OR_RETURN(const absl::TimeZone london, LoadZone("Europe/London"));
  AIFX_ASSIGN_OR_RETURN(const absl::TimeZone new_york, LoadZone("America/New_York"));
  return std::make_unique<StationaryV1Columns>(workspace, london, new_york);
}

}  // namespace

const IndicatorFamily families::kStationaryV1Columns = {Columns, Make};

}  // namespace aifx::features
