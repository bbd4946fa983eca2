#include "core/features/technical/technical_set.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/sha256.h"
#include "core/base/status_macros.h"
#include "core/features/context_feed.h"
#include "core/features/finite.h"
#include "core/features/technical/row_copy.h"
#include "core/features/technical/technical_stream.h"

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

// Whether CheckContext has nothing to say; without an allocation.
bool HasContext(const FeatureInput& input) {
  return absl::c_all_of(DollarPairs(), [&](const market::CurrencyPair& pair) {
    if (input.pair != nullptr && pair == *input.pair) return true;
    return absl::c_any_of(input.context, [&](const ContextSeries& series) {
      return series.pair == pair && !series.candles.empty();
    });
  });
}

}  // namespace

// What one call works with.
struct TechnicalSet::Worker {
  std::unique_ptr<ChunkBuilder> builder;
  std::vector<double> columns;  // of a chunk, kColumnStride apart
  std::vector<double*> out;     // into `columns`, or where a caller wants them
  ContextCloses context{};      // of the chunk; null where the series has no such context
  std::array<ContextCursor, kDollarPairs.size()> cursors;
  std::array<std::array<double, kChunkRows>, kDollarPairs.size()> closes;

  void Start(const FeatureInput& input) {
    builder->Restart();
    context.fill(nullptr);
    for (const ContextSeries& series : input.context) {
      const size_t pair = DollarPairIndex(series.pair);
      const bool own = input.pair != nullptr && series.pair == *input.pair;
      if (own || pair == kDollarPairs.size()) continue;
      cursors[pair] = ContextCursor(series.candles);
      context[pair] = closes[pair].data();
    }
  }

  void Append(absl::Span<const market::Candle> candles) {
    for (size_t p = 0; p < context.size(); ++p) {
      if (context[p] != nullptr) cursors[p].Fill(candles, closes[p].data());
    }
    builder->Append(candles, context, out);
  }
};

TechnicalSet::~TechnicalSet() = default;

absl::StatusOr<std::unique_ptr<TechnicalSet>> TechnicalSet::Make(std::string name,
                                                                 Convention convention,
                                                                 std::vector<std::string> columns,
                                                                 WindowScaling scaling) {
  std::unique_ptr<TechnicalSet> set(new TechnicalSet);
  set->name_ = std::move(name);
  set->convention_ = convention;
  set->window_scaling_ = scaling;
  set->names_ = std::move(columns);
  AIFX_ASSIGN_OR_RETURN(set->details_, ChunkBuilder::Describe(convention, set->names_));
  for (const IndicatorColumn& column : set->details_) {
    set->columns_.push_back(column.column);
    set->warm_up_ = std::max(set->warm_up_, column.first_row);
    set->recursive_ = set->recursive_ || column.recursive();
    set->uses_context_ = set->uses_context_ || column.context;
    const size_t memory = column.recursive() ? kRecursiveMemory : column.memory;
    set->memory_ = std::max(set->memory_, memory);
    const bool uses_volume = absl::StrContains(column.formula, "volume");
    if (uses_volume) set->volume_memory_ = std::max(set->volume_memory_, memory);
  }
  set->canonical_text_ = absl::StrCat(set->name_, "\nconvention=", ConventionName(convention),
                                      "\nmemory=", set->memory_, "\n");
  if (scaling == WindowScaling::kZScore) {
    absl::StrAppend(&set->canonical_text_, "window=(x-mean)/(std+1e-8),ddof=0\n");
  }
  for (const IndicatorColumn& column : set->details_) {
    absl::StrAppend(&set->canonical_text_, column.column.name, ":", column.formula, "\n");
  }
  set->hash_ = base::Sha256Hex(set->canonical_text_);
  return set;
}

std::vector<market::CurrencyPair> TechnicalSet::ContextPairs(
    const market::CurrencyPair& pair) const {
  std::vector<market::CurrencyPair> pairs;
  if (!uses_context_) return pairs;
  for (const market::CurrencyPair& other : DollarPairs()) {
    if (other != pair) pairs.push_back(other);
  }
  return pairs;
}

absl::Status TechnicalSet::CheckInput(const FeatureInput& input) const {
  if (input.candles.size() <= warm_up_) {
    return absl::FailedPreconditionError(absl::StrCat("feature set ", name_, " needs ",
                                                      warm_up_ + 1, " candles, ",
                                                      input.candles.size(), " came"));
  }
  if (!uses_context_ || HasContext(input)) return absl::OkStatus();
  return CheckContext(*this, input);
}

absl::StatusOr<std::unique_ptr<TechnicalSet::Worker>> TechnicalSet::TakeWorker(
    const FeatureInput& input) const {
  std::unique_ptr<Worker> worker;
  {
    base::MutexLock lock(mutex_);
    if (!idle_.empty()) {
      worker = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (worker == nullptr) {
    worker = std::make_unique<Worker>();
    AIFX_ASSIGN_OR_RETURN(worker->builder, ChunkBuilder::Make(convention_, names_));
    worker->columns.resize(columns_.size() * kColumnStride);
    worker->out.resize(columns_.size());
  }
  worker->Start(input);
  return worker;
}

void TechnicalSet::GiveBack(std::unique_ptr<Worker> worker) const {
  base::MutexLock lock(mutex_);
  idle_.push_back(std::move(worker));
}

absl::Status TechnicalSet::Compute(const FeatureInput& input, FeatureMatrix& out) const {
  return ComputeRows(input, nullptr, out);
}

absl::Status TechnicalSet::ComputeRows(const FeatureInput& input, bool* all_finite,
                                       FeatureMatrix& out) const {
  AIFX_RETURN_IF_ERROR(CheckInput(input));
  AIFX_ASSIGN_OR_RETURN(std::unique_ptr<Worker> worker, TakeWorker(input));
  const absl::Span<const market::Candle> candles = input.candles;
  const size_t count = columns_.size();
  out.rows = candles.size() - warm_up_;
  out.columns = count;
  out.values.resize(out.rows * count);
  for (size_t c = 0; c < count; ++c) worker->out[c] = worker->columns.data() + c * kColumnStride;
  const ColumnBlock block{worker->columns.data(), kColumnStride, count};
  const RowStores stores = out.values.size() * sizeof(double) >= kStreamingBytes
                               ? RowStores::kStreaming
                               : RowStores::kCached;
  double* rows = out.values.data();
  for (size_t begin = 0; begin < candles.size(); begin += kChunkRows) {
    const size_t size = std::min(kChunkRows, candles.size() - begin);
    worker->Append(candles.subspan(begin, size));
    const size_t first = begin < warm_up_ ? std::min(warm_up_ - begin, size) : 0;
    CopyRows(block, first, size, stores, rows);
    rows += (size - first) * count;
    if (all_finite == nullptr) continue;
    for (size_t c = 0; c < count; ++c) {  // here, while the columns are in the cache
      *all_finite = SumIsFinite({worker->out[c] + first, size - first}) && *all_finite;
    }
  }
  GiveBack(std::move(worker));
  return absl::OkStatus();
}

absl::Status TechnicalSet::ComputeColumns(const FeatureInput& input, FeatureColumns& out) const {
  AIFX_RETURN_IF_ERROR(CheckInput(input));
  AIFX_ASSIGN_OR_RETURN(std::unique_ptr<Worker> worker, TakeWorker(input));
  const absl::Span<const market::Candle> candles = input.candles;
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
    worker->Append(candles.subspan(begin, size));
    if (!warming_up) row += size;
    begin += size;
  }
  GiveBack(std::move(worker));
  return absl::OkStatus();
}

absl::Status TechnicalSet::Build(const FeatureInput& input, FeatureMatrix& out) const {
  bool all_finite = true;
  AIFX_RETURN_IF_ERROR(ComputeRows(input, &all_finite, out));
  return all_finite ? absl::OkStatus() : CheckFinite(*this, out);
}

absl::StatusOr<std::unique_ptr<FeatureStream>> TechnicalSet::NewStream() const {
  return MakeStream(kDollarPairs.size());
}

absl::StatusOr<std::unique_ptr<FeatureStream>> TechnicalSet::NewStreamFor(
    const market::CurrencyPair& pair) const {
  return MakeStream(DollarPairIndex(pair));
}

absl::StatusOr<std::unique_ptr<FeatureStream>> TechnicalSet::MakeStream(size_t own_pair) const {
  AIFX_ASSIGN_OR_RETURN(auto builder, ChunkBuilder::Make(convention_, names_));
  if (!uses_context_) return std::make_unique<TechnicalStream>(std::move(builder), warm_up_);
  return std::make_unique<ContextStream>(std::move(builder), warm_up_, own_pair);
}

}  // namespace aifx::features
