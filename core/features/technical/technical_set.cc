#include "core/features/technical/technical_set.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/sha256.h"
#include "core/base/status_macros.h"
#include "core/features/finite.h"

namespace aifx::features {
namespace {

// Columns of a chunk side by side; not 2 KiB apart, or they would compete for the same lines of the
// cache.
constexpr size_t kColumnStride = kChunkRows + 8;

absl::string_view ConventionName(Convention convention) {
  switch (convention) {
    case Convention::kReference:
      return "reference";
    case Convention::kTaLib:
      return "talib";
    case Convention::kEngine:
      break;
  }
  return "engine";
}

// Rows [first, size) of the columns of a chunk, row-major.
void CopyRows(const double* columns, size_t count, size_t first, size_t size,
              double* __restrict out) {
  for (size_t i = first; i < size; ++i) {
    const double* __restrict value = columns + i;
    for (size_t c = 0; c < count; ++c) out[c] = value[c * kColumnStride];
    out += count;
  }
}

class TechnicalStream final : public FeatureStream {
 public:
  TechnicalStream(std::unique_ptr<ChunkBuilder> builder, size_t warm_up)
      : builder_(std::move(builder)), warm_up_(warm_up), row_(builder_->columns().size()) {
    for (double& value : row_) out_.push_back(&value);
  }

  absl::Span<const double> Next(const market::Candle& candle) override {
    builder_->Append({&candle, 1}, out_);
    return seen_++ < warm_up_ ? absl::Span<const double>() : absl::MakeConstSpan(row_);
  }

  void Restart() override {
    builder_->Restart();
    seen_ = 0;
  }

 private:
  std::unique_ptr<ChunkBuilder> builder_;
  size_t warm_up_;
  size_t seen_ = 0;
  std::vector<double> row_;
  std::vector<double*> out_;
};

}  // namespace

// What one call works with.
struct TechnicalSet::Worker {
  std::unique_ptr<ChunkBuilder> builder;
  std::vector<double> columns;  // of a chunk, kColumnStride apart
  std::vector<double*> out;     // into `columns`, or where a caller wants them
};

TechnicalSet::~TechnicalSet() = default;

absl::StatusOr<std::unique_ptr<TechnicalSet>> TechnicalSet::Make(std::string name,
                                                                 Convention convention,
                                                                 std::vector<std::string> columns) {
  std::unique_ptr<TechnicalSet> set(new TechnicalSet);
  set->name_ = std::move(name);
  set->convention_ = convention;
  set->names_ = std::move(columns);
  AIFX_ASSIGN_OR_RETURN(set->details_, ChunkBuilder::Describe(convention, set->names_));
  for (const IndicatorColumn& column : set->details_) {
    set->columns_.push_back(column.column);
    set->warm_up_ = std::max(set->warm_up_, column.first_row);
    set->recursive_ = set->recursive_ || column.recursive();
    set->memory_ = std::max(set->memory_, column.recursive() ? kRecursiveMemory : column.memory);
  }
  set->canonical_text_ = absl::StrCat(set->name_, "\nconvention=", ConventionName(convention),
                                      "\nmemory=", set->memory_, "\n");
  for (const IndicatorColumn& column : set->details_) {
    absl::StrAppend(&set->canonical_text_, column.column.name, ":", column.formula, "\n");
  }
  set->hash_ = base::Sha256Hex(set->canonical_text_);
  return set;
}

absl::Status TechnicalSet::CheckCount(size_t candles) const {
  if (candles > warm_up_) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("feature set ", name_, " needs ", warm_up_ + 1, " candles, ", candles, " came"));
}

absl::StatusOr<std::unique_ptr<TechnicalSet::Worker>> TechnicalSet::TakeWorker() const {
  {
    base::MutexLock lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Worker> worker = std::move(idle_.back());
      idle_.pop_back();
      worker->builder->Restart();
      return worker;
    }
  }
  auto worker = std::make_unique<Worker>();
  AIFX_ASSIGN_OR_RETURN(worker->builder, ChunkBuilder::Make(convention_, names_));
  worker->columns.resize(columns_.size() * kColumnStride);
  worker->out.resize(columns_.size());
  return worker;
}

void TechnicalSet::GiveBack(std::unique_ptr<Worker> worker) const {
  base::MutexLock lock(mutex_);
  idle_.push_back(std::move(worker));
}

absl::Status TechnicalSet::Compute(absl::Span<const market::Candle> candles,
                                   FeatureMatrix& out) const {
  AIFX_RETURN_IF_ERROR(CheckCount(candles.size()));
  AIFX_ASSIGN_OR_RETURN(std::unique_ptr<Worker> worker, TakeWorker());
  const size_t count = columns_.size();
  out.rows = candles.size() - warm_up_;
  out.columns = count;
  out.values.resize(out.rows * count);
  for (size_t c = 0; c < count; ++c) worker->out[c] = worker->columns.data() + c * kColumnStride;
  double* rows = out.values.data();
  for (size_t begin = 0; begin < candles.size(); begin += kChunkRows) {
    const size_t size = std::min(kChunkRows, candles.size() - begin);
    worker->builder->Append(candles.subspan(begin, size), worker->out);
    const size_t first = begin < warm_up_ ? std::min(warm_up_ - begin, size) : 0;
    CopyRows(worker->columns.data(), count, first, size, rows);
    rows += (size - first) * count;
  }
  GiveBack(std::move(worker));
  return absl::OkStatus();
}

absl::Status TechnicalSet::ComputeColumns(absl::Span<const market::Candle> candles,
                                          FeatureColumns& out) const {
  AIFX_RETURN_IF_ERROR(CheckCount(candles.size()));
  AIFX_ASSIGN_OR_RETURN(std::unique_ptr<Worker> worker, TakeWorker());
  const size_t count = columns_.size();
  out.rows = candles.size() - warm_up_;
  out.columns = count;
  out.values.resize(out.rows * count);
  for (size_t begin = 0, row = 0; begin < candles.size();) {
    // A chunk ends where the warm-up does: from there on, columns are written where they belong.
    const bool warming_up = begin < warm_up_;
    const size_t left = (warming_up ? warm_up_ : candles.size()) - begin;
    const size_t size = std::min(kChunkRows, left);
    for (size_t c = 0; c < count; ++c) {
      worker->out[c] = warming_up ? worker->columns.data() + c * kColumnStride
                                  : out.values.data() + c * out.rows + row;
    }
    worker->builder->Append(candles.subspan(begin, size), worker->out);
    if (!warming_up) row += size;
    begin += size;
  }
  GiveBack(std::move(worker));
  return absl::OkStatus();
}

absl::Status TechnicalSet::Build(absl::Span<const market::Candle> candles,
                                 FeatureMatrix& out) const {
  AIFX_RETURN_IF_ERROR(Compute(candles, out));
  return SumIsFinite(out.values) ? absl::OkStatus() : CheckFinite(*this, out);
}

absl::StatusOr<std::unique_ptr<FeatureStream>> TechnicalSet::NewStream() const {
  AIFX_ASSIGN_OR_RETURN(auto builder, ChunkBuilder::Make(convention_, names_));
  return std::make_unique<TechnicalStream>(std::move(builder), warm_up_);
}

}  // namespace aifx::features
