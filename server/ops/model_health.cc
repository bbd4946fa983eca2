#include "server/ops/model_health.h"

#include "absl/strings/str_cat.h"

namespace aifx::ops {

void ModelHealth::Update(const std::vector<serving::ModelStats>& models) {
  std::set<std::string> serving;
  for (const serving::ModelStats& model : models) {
    known_.insert(model.name);
    if (model.serving != 0) serving.insert(model.name);
  }
  for (const std::string& name : known_) {
    health_.SetServing(absl::StrCat("model/", name), serving.count(name) > 0);
  }
}

}  // namespace aifx::ops
