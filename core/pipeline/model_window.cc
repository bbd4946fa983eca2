#include "core/pipeline/model_window.h"

#include <vector>

#include "core/base/status_macros.h"
#include "core/features/owned_context.h"
#include "core/features/window_scaling.h"

namespace aifx::pipeline {

absl::StatusOr<absl::Span<const double>> BuildModelWindow(const PreparedRequest& item,
                                                          features::FeatureMatrix& matrix) {
  const std::vector<features::ContextSeries> others = features::ViewsOf(item.context);
  AIFX_RETURN_IF_ERROR(
      item.feature_set->Build({item.Window(), &item.request.pair, others}, matrix));
  const auto sequence = static_cast<size_t>(item.served.model->manifest().sequence);
  const auto window = absl::MakeSpan(matrix.values).last(sequence * matrix.columns);
  features::ScaleWindow(item.feature_set->window_scaling(), matrix.columns, window);
  return window;
}

}  // namespace aifx::pipeline
