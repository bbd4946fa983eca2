#include "server/ops/model_health.h"

#include "absl/strings/str_cat.h"

namespace aifx::ops {

void ModelHealth::Update(const std::vector<serving::VersionView>& versions) {
  std::set<std::string> ready;
  for (const serving::VersionView& version : versions) {
    known_.insert(version.name);
    if (version.state == serving::VersionState::kReady) ready.insert(version.name);
  }
  for (const std::string& name : known_) {
    health_.SetServing(absl::StrCat("model/", name), ready.count(name) > 0);
  }
}

}  // namespace aifx::ops
