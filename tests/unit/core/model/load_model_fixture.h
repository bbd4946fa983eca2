#ifndef AIFX_TESTS_UNIT_CORE_MODEL_LOAD_MODEL_FIXTURE_H_
#define AIFX_TESTS_UNIT_CORE_MODEL_LOAD_MODEL_FIXTURE_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/model/model.h"
#include "gtest/gtest.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace aifx::model {

using Files = std::map<std::string, std::string>;

// A model store in a folder of its own.
class LoadModelTest : public ::testing::Test {
 protected:
  // Stores the version with right checksums and loads it.
  absl::StatusOr<std::shared_ptr<const Model>> Load(const testing::TinyModel& tiny,
                                                    const Files& files) {
    const absl::Status added = store_.Add(tiny.manifest, files);
    if (!added.ok()) return added;
    return LoadModel(store_, tiny.manifest.name, tiny.manifest.version);
  }
  absl::StatusOr<std::shared_ptr<const Model>> Load(const testing::TinyModel& tiny) {
    const absl::StatusOr<Files> files = tiny.Files();
    if (!files.ok()) return files.status();
    return Load(tiny, *files);
  }

  testing::TemporaryFolder folder_;
  ModelStore store_{folder_.path()};
};

}  // namespace aifx::model

#endif  // AIFX_TESTS_UNIT_CORE_MODEL_LOAD_MODEL_FIXTURE_H_
