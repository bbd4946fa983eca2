#ifndef AIFX_CORE_SERVING_MODEL_CONTROL_H_
#define AIFX_CORE_SERVING_MODEL_CONTROL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "core/base/call_context.h"
#include "core/serving/version_view.h"

namespace aifx::serving {

// What became of an activation.
struct Activation {
  VersionView view;                 // the version that serves now
  std::optional<int64_t> previous;  // what was active before; absent: nothing was
};

// Commands over the models of a server. They block, for seconds while a version is loaded, one
// after another: call them on an executor, never on an RPC thread. A command that began is finished
// even when its caller goes away; one whose caller has gone before its turn is CANCELLED and
// changes nothing. Thread-safe.
//
// Errors of all: InvalidArgument for a name or version that cannot be one, NotFound for what the
// store does not hold, FailedPrecondition with the reason where a version does not pass its checks
// (what served before goes on).
class ModelControl {
 public:
  virtual ~ModelControl() = default;

  // Loads, checks and warms a version beside those that serve, and keeps it until Unload: requests
  // that name it are answered by it. Loading what is loaded only keeps it; what failed before is
  // tried again. `version` 0: the active one, else the newest. ResourceExhausted where as many
  // versions are kept as the configuration allows.
  virtual absl::StatusOr<VersionView> Load(const std::string& name, int64_t version,
                                           const base::CallContext& context) = 0;

  // Takes a version out of service; requests that hold it finish with it, then it is freed. The
  // view says kDraining as long as they do. FailedPrecondition for the version that serves: the
  // last ready version of a model is never unloaded. Harmless where it is not loaded.
  virtual absl::StatusOr<VersionView> Unload(const std::string& name, int64_t version,
                                             const base::CallContext& context) = 0;

  // Undoes Load: a version that serves goes on until another one takes over, any other goes as with
  // Unload. Harmless where it is not loaded.
  virtual absl::StatusOr<VersionView> Release(const std::string& name, int64_t version,
                                              const base::CallContext& context) = 0;

  // Makes a version serve, loading it first where need be; returns once it does. active.json is
  // only written for a version that passed its checks.
  virtual absl::StatusOr<Activation> SetActive(const std::string& name, int64_t version,
                                               const base::CallContext& context) = 0;

  // Makes serve what active.json names as the version before. FailedPrecondition where there is
  // none. Doing it twice ends where it began.
  virtual absl::StatusOr<Activation> Rollback(const std::string& name,
                                              const base::CallContext& context) = 0;
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_MODEL_CONTROL_H_
