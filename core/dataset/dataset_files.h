#ifndef AIFX_CORE_DATASET_DATASET_FILES_H_
#define AIFX_CORE_DATASET_DATASET_FILES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/dataset/array_files.h"
#include "core/dataset/dataset.h"

namespace aifx::dataset {

// Told now and then how many windows are written, of how many; an error ends the writing with it.
using OnWindows = std::function<absl::Status(int64_t written, int64_t total)>;

// Writes the arrays of every part and scalers.json into an empty folder, synced: for each part a
// folder with technical.npy, fundamental.npy, fundamental_mask.npy, event.npy, direction.npy,
// return.npy, close.npy, barrier.npy, barrier_end.npy, horizon_end.npy and timestamps.npy, as
// docs/dataset.md describes them. Windows go from the one copy of the features straight to the
// disk: what they repeat exists in the file only. Windows are hashed on a second thread. The file
// system's error otherwise.
absl::StatusOr<std::vector<DatasetFile>> WriteArrays(const Dataset& data, const std::string& folder,
                                                     const OnWindows& on_windows);

// The bytes of all arrays that WriteArrays would write, without their headers.
int64_t ArrayBytes(const Dataset& data);

}  // namespace aifx::dataset

#endif  // AIFX_CORE_DATASET_DATASET_FILES_H_
