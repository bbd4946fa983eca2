#ifndef AIFX_CORE_MODEL_MODEL_STORE_H_
#define AIFX_CORE_MODEL_MODEL_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/model/manifest.h"
#include "core/model/signature.h"

namespace aifx::model {

// Which version of a model serves: models/<name>/active.json.
struct ActiveVersion {
  int64_t version = 0;
  std::optional<int64_t> previous;  // what served before: the target of a rollback
};

// The model store on disk (layout in docs/model-store.md):
//   <root>/<name>/<version>/{manifest.json, model.*, golden.json}   and   <root>/<name>/active.json
// A version is complete or absent: it is written aside, synced and renamed. Names and file names
// that lead out of the store (`..`, `/`, symbolic links) are refused. Thread-safe; several
// processes may read while one writes.
class ModelStore {
 public:
  explicit ModelStore(std::string root);

  const std::string& root() const { return root_; }

  // Names with at least one complete version, sorted. Empty where the folder does not exist.
  absl::StatusOr<std::vector<std::string>> ListModels() const;
  // Complete versions, oldest first.
  absl::StatusOr<std::vector<int64_t>> ListVersions(const std::string& name) const;
  // NotFound where none is active.
  absl::StatusOr<ActiveVersion> Active(const std::string& name) const;
  // Makes `version` serve, atomically; remembers the one before. NotFound for an absent version.
  absl::Status SetActive(const std::string& name, int64_t version) const;

  // Reads and checks the manifest only. NotFound; InvalidArgument for a broken one.
  absl::StatusOr<Manifest> ReadManifest(const std::string& name, int64_t version) const;
  // The same, once the version's manifest.sig was found to be `key`'s over the very bytes that are
  // read here. The manifest holds the checksums of the other files, so that it vouches for them.
  // FailedPrecondition where the signature is absent or another's.
  absl::StatusOr<Manifest> ReadSignedManifest(const std::string& name, int64_t version,
                                              const PublicKey& key) const;
  // One file of a version, after its checksum was compared with the manifest's: the bytes returned
  // are the bytes checked, whatever happens to the file later. DataLoss where they differ.
  absl::StatusOr<std::string> ReadChecked(const Manifest& manifest, const std::string& file) const;

  // Stores a new version; `files` maps names to contents. Fills manifest.files with checksums.
  // AlreadyExists where the version is there.
  absl::Status Add(Manifest manifest, const std::map<std::string, std::string>& files) const;
  // Records the id that the backend gave to the version, in registration.json beside the manifest
  // (which itself never changes).
  absl::Status SetBackendId(const std::string& name, int64_t version,
                            const std::string& backend_id) const;
  // The id recorded; empty while its registration is pending.
  absl::StatusOr<std::string> BackendId(const std::string& name, int64_t version) const;

 private:
  std::string root_;
};

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_MODEL_STORE_H_
