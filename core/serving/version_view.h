#ifndef AIFX_CORE_SERVING_VERSION_VIEW_H_
#define AIFX_CORE_SERVING_VERSION_VIEW_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace aifx::serving {

// Where a version is on its way to serving and back.
enum class VersionState {
  kDiscovered,  // in the store, not loaded
  kLoading,     // its files are being read
  kChecking,    // its golden window is being computed
  kWarming,     // runs at the batch sizes that requests will use
  kReady,       // loaded: serves, or answers requests that name it
  kDraining,    // out of service, kept by requests that still run
  kFailed       // refused
};

absl::string_view VersionStateName(VersionState state);  // "READY", ...

// One version as ListModels shows it.
struct VersionView {
  std::string name;
  int64_t version = 0;
  VersionState state = VersionState::kDiscovered;
  std::string reason;   // why it failed; empty otherwise
  bool active = false;  // what active.json names
  std::string kernel;   // what computes, such as "lstm-f32-avx3"; empty while not loaded
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_VERSION_VIEW_H_
