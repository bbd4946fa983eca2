#include "core/pipeline/model_window.h"

#include <vector>

#include "core/base/status_macros.h"
#include "core/features/owned_context.h"
#include "core/features/window_scaling.h"
#include "core/pipeline/undefined_feature.h"

namespace aifx::pipeline {

absl::StatusOr<absl::Span<const double>> BuildModelWindow(const PreparedRequest& item,
                                                          features::FeatureMatrix& matrix) {
  const std::vector<features::ContextSeries> others = features::ViewsOf(item.context);
  const absl::Status built =
      item.feature_set->Build({item.Window(), &item.request.pair, others}, matrix);
  if (absl::IsInternal(built)) {
    AIFX_RETURN_IF_ERROR(FindUndefined(item, matrix, 0));
  }
  AIFX_RETURN_IF_ERROR(built);
  const auto sequence = static_cast<size_t>(item.served.model->manifest().sequence);
  const auto window = absl::MakeSpan(matrix.values).last(sequence * matrix.columns);
  features::ScaleWindow(item.feature_set->window_scaling(), matrix.columns, window);
  AIFX_RETURN_IF_ERROR(FindUndefined(item, matrix, matrix.values.size() - window.size()));
  return window;
}

}  // namespace aifx::pipeline
