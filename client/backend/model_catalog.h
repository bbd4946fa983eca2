#ifndef AIFX_CLIENT_BACKEND_MODEL_CATALOG_H_
#define AIFX_CLIENT_BACKEND_MODEL_CATALOG_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/backend/channel.h"
#include "client/backend/rows.h"

namespace aifx::backend {

// A model version as the backend has it registered.
struct ModelVersion {
  std::string id;  // the backend's UUID
  std::string name;
  std::string version;  // ours are YYYYMMDDhhmmss
  std::string description;
  std::string model_type;  // such as "lstm"
  std::string status;      // trained, testing, deployed, retired; empty where it is not said
  bool is_active = false;
  std::optional<absl::Time> trained_at;
  nlohmann::json hyperparameters, training_metrics, training_data_info;  // null where absent
};

struct ModelFilter {
  std::string name;    // empty: all
  std::string status;  // empty: all
  std::optional<bool> is_active;
  int64_t limit = 100;  // rows at most, over as many pages as that takes
  int64_t offset = 0;
};

// What to change of a model version; absent stays as it is. At least one is there.
struct ModelChange {
  std::string status;  // empty: unchanged
  std::optional<bool> is_active;
};

// The /models routes that read and change versions; registering them is BackendClient's.
// Thread-safe; errors as BackendClient, NOT_FOUND for an unknown id.
class ModelCatalog {
 public:
  // The channel outlives the catalog.
  explicit ModelCatalog(const Channel& channel) : channel_(channel) {}

  // Newest first.
  absl::StatusOr<Page<ModelVersion>> List(const ModelFilter& filter,
                                          const base::CallContext& context) const;
  absl::StatusOr<ModelVersion> Get(const std::string& id, const base::CallContext& context) const;
  // Whether the version is active now. Activating one makes the others of its name inactive.
  absl::StatusOr<bool> Update(const std::string& id, const ModelChange& change,
                              const base::CallContext& context) const;

 private:
  const Channel& channel_;
};

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_MODEL_CATALOG_H_
