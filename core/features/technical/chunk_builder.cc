#include "core/features/technical/chunk_builder.h"

#include <algorithm>
#include <cassert>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/features/technical/families.h"

namespace aifx::features {

absl::StatusOr<std::unique_ptr<ChunkBuilder>> ChunkBuilder::Make(
    Convention convention, absl::Span<const std::string> names) {
  std::unique_ptr<ChunkBuilder> builder(new ChunkBuilder);
  for (const std::string& name : names) AIFX_RETURN_IF_ERROR(builder->Add(convention, name));
  for (Member& member : builder->members_) {
    AIFX_ASSIGN_OR_RETURN(member.indicator,
                          member.family->make(builder->workspace_, convention, member.wanted));
  }
  const bool declared = std::any_of(builder->columns_.begin(), builder->columns_.end(),
                                    [](const IndicatorColumn& column) { return column.context; });
  if (builder->workspace_.uses_context() && !declared) {
    return absl::InternalError("an indicator uses other pairs, but none of its columns says so");
  }
  return builder;
}

absl::StatusOr<std::vector<IndicatorColumn>> ChunkBuilder::Describe(
    Convention convention, absl::Span<const std::string> names) {
  ChunkBuilder builder;
  for (const std::string& name : names) AIFX_RETURN_IF_ERROR(builder.Add(convention, name));
  return std::move(builder.columns_);
}

absl::Status ChunkBuilder::Add(Convention convention, const std::string& name) {
  for (const IndicatorFamily* family : families::All()) {
    const std::vector<IndicatorColumn> offered = family->columns(convention);
    const auto found = std::find_if(offered.begin(), offered.end(),
                                    [&](const auto& column) { return column.column.name == name; });
    if (found == offered.end()) continue;
    auto member = std::find_if(members_.begin(), members_.end(),
                               [&](const Member& known) { return known.family == family; });
    if (member == members_.end()) {
      members_.emplace_back();
      member = members_.end() - 1;
      member->family = family;
      member->wanted.resize(offered.size());
      member->target.resize(offered.size());
      member->out.resize(offered.size());
    }
    const size_t index = static_cast<size_t>(found - offered.begin());
    if (member->wanted[index]) {
      return absl::InvalidArgumentError(absl::StrCat("column ", name, " is listed twice"));
    }
    member->wanted[index] = true;
    member->target[index] = columns_.size();
    last_first_row_ = std::max(last_first_row_, found->first_row);
    columns_.push_back(*found);
    return absl::OkStatus();
  }
  return absl::NotFoundError(absl::StrCat("no indicator computes a column '", name, "'"));
}

void ChunkBuilder::Restart() {
  workspace_.Restart();
  for (Member& member : members_) member.indicator->Restart();
}

void ChunkBuilder::Append(absl::Span<const market::Candle> candles, const ContextCloses& context,
                          absl::Span<double* const> out) {
  assert(out.size() == columns_.size());
  const Chunk chunk = workspace_.Append(candles, context);
  for (Member& member : members_) {
    for (size_t k = 0; k < member.out.size(); ++k) {
      member.out[k] = member.wanted[k] ? out[member.target[k]] : nullptr;
    }
    member.indicator->Compute(chunk, member.out);
  }
  if (chunk.row >= last_first_row_) return;
  for (size_t c = 0; c < columns_.size(); ++c) {
    const size_t first = columns_[c].first_row;
    if (chunk.row < first) std::fill_n(out[c], std::min(first - chunk.row, chunk.size()), kNan);
  }
}

}  // namespace aifx::features
