#include "core/serving/version_view.h"

namespace aifx::serving {

absl::string_view VersionStateName(VersionState state) {
  switch (state) {
    case VersionState::kDiscovered:
      return "DISCOVERED";
    case VersionState::kLoading:
      return "LOADING";
    case VersionState::kChecking:
      return "CHECKING";
    case VersionState::kWarming:
      return "WARMING";
    case VersionState::kReady:
      return "READY";
    case VersionState::kDraining:
      return "DRAINING";
    case VersionState::kFailed:
      return "FAILED";
  }
  return "UNKNOWN";
}

}  // namespace aifx::serving
