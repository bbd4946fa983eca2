// Features and model of Predictor.
#include <vector>

#include "core/pipeline/model_window.h"
#include "core/pipeline/predictor.h"
#include "core/pipeline/stage_timer.h"

namespace aifx::pipeline {
namespace {

// Rows of one forward pass; more gain nothing (design: best batches are 16 to 64).
constexpr size_t kMaxBatchRows = 64;

}  // namespace

// The items of one Run call that share a model, with their windows side by side.
struct Predictor::Group {
  std::vector<PreparedRequest*> items;
  std::vector<size_t> positions;  // of the items in the caller's list
  std::vector<float> windows;     // [items, sequence, features]
  std::vector<float> logits;      // [items, classes]
};

std::vector<absl::StatusOr<Logits>> Predictor::Compute(
    absl::Span<PreparedRequest* const> items) const {
  std::vector<absl::StatusOr<Logits>> outputs(
      items.size(), absl::InternalError("the prediction was not computed"));
  thread_local features::FeatureMatrix matrix;
  std::vector<Group> groups;
  for (size_t i = 0; i < items.size(); ++i) {
    PreparedRequest& item = *items[i];
    absl::Span<const double> window;
    {
      StageTimer timer(item.times.features);
      const auto built = BuildModelWindow(item, matrix);
      if (!built.ok()) {
        outputs[i] = built.status();
        continue;
      }
      window = *built;
    }
    Group* group = nullptr;
    for (Group& candidate : groups) {
      const bool same_model = candidate.items[0]->served.model == item.served.model;
      if (same_model && candidate.items.size() < kMaxBatchRows) group = &candidate;
    }
    if (group == nullptr) group = &groups.emplace_back();
    group->items.push_back(&item);
    group->positions.push_back(i);
    group->windows.insert(group->windows.end(), window.begin(), window.end());
  }
  for (Group& group : groups) ComputeGroup(group, outputs);
  return outputs;
}

void Predictor::ComputeGroup(Group& group, std::vector<absl::StatusOr<Logits>>& outputs) const {
  const absl::Status ran = RunGroup(group);
  const size_t count = group.items.size();
  if (!ran.ok() && count > 1) {
    // Nobody knows whose window it was. Alone, the others' answers have the same bits.
    const size_t window = group.windows.size() / count;
    for (size_t i = 0; i < count; ++i) {
      const auto values = absl::MakeConstSpan(group.windows).subspan(i * window, window);
      Group alone{.items = {group.items[i]},
                  .positions = {group.positions[i]},
                  .windows = {values.begin(), values.end()},
                  .logits = {}};
      ComputeGroup(alone, outputs);
    }
    return;
  }
  const size_t classes = group.logits.size() / count;
  for (size_t i = 0; i < count; ++i) {
    absl::StatusOr<Logits>& output = outputs[group.positions[i]];
    const auto row = absl::MakeConstSpan(group.logits).subspan(i * classes, classes);
    output = ran.ok() ? absl::StatusOr<Logits>(Logits(row.begin(), row.end())) : ran;
  }
}

absl::Status Predictor::RunGroup(Group& group) const {
  const model::Model& model = *group.items[0]->served.model;
  group.logits.resize(group.items.size() * model.manifest().classes.size());
  absl::Duration elapsed;
  absl::Status ran;
  {
    StageTimer timer(elapsed);
    ran = model.Run({group.windows, group.items.size()}, absl::MakeSpan(group.logits));
  }
  for (PreparedRequest* item : group.items) item->times.model = elapsed;
  return ran;
}

}  // namespace aifx::pipeline
