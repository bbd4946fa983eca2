#include "core/model/model_store.h"

#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "core/model/store_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace aifx::model {
namespace {

namespace fs = std::filesystem;
using ::aifx::testing::IsOk;
using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::MakeTinyModel;
using ::aifx::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kOld = 20180101000000;
constexpr int64_t kNew = 20180102000000;
constexpr int64_t kNewest = 20180103000000;

const std::map<std::string, std::string>& SomeFiles() {
  static const auto* const files =
      new std::map<std::string, std::string>{{"model.pt", "weights"}, {"golden.json", "{}"}};
  return *files;
}

void Write(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::vector<std::string> Entries(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  return names;
}

class ModelStoreTest : public ::testing::Test {
 protected:
  absl::Status Add(int64_t version) {
    return store_.Add(MakeTinyModel(version).manifest, SomeFiles());
  }
  std::string VersionPath(int64_t version) {
    return folder_ / ("models/eurusd-1h/" + std::to_string(version));
  }

  testing::TemporaryFolder folder_;
  ModelStore store_{folder_ / "models"};
};

TEST_F(ModelStoreTest, IsEmptyWhereTheFolderIsAbsent) {
  EXPECT_THAT(store_.ListModels(), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store_.ListVersions("eurusd-1h"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("eurusd-1h")));
  EXPECT_THAT(store_.Active("eurusd-1h"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("eur")));
}

TEST_F(ModelStoreTest, GivesBackWhatWasAdded) {
  ASSERT_OK(Add(kNew));
  ASSERT_OK(Add(kOld));
  EXPECT_THAT(store_.ListModels(), IsOkAndHolds(ElementsAre("eurusd-1h")));
  EXPECT_THAT(store_.ListVersions("eurusd-1h"), IsOkAndHolds(ElementsAre(kOld, kNew)));
  ASSERT_OK_AND_ASSIGN(const Manifest manifest, store_.ReadManifest("eurusd-1h", kNew));
  EXPECT_EQ(manifest.version, kNew);
  EXPECT_THAT(store_.ReadChecked(manifest, "model.pt"), IsOkAndHolds("weights"));
  EXPECT_THAT(store_.ReadChecked(manifest, "other"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("other")));
  EXPECT_THAT(store_.ReadManifest("eurusd-1h", kNewest),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("20180103000000")));
  EXPECT_THAT(store_.ReadManifest("eurusd-1h", 5),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("version 5")));
}

TEST_F(ModelStoreTest, NeverChangesAVersion) {
  ASSERT_OK(Add(kNew));
  EXPECT_THAT(store_.Add(MakeTinyModel(kNew).manifest, {{"model.pt", "others"}}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("20180102000000")));
  ASSERT_OK_AND_ASSIGN(const Manifest manifest, store_.ReadManifest("eurusd-1h", kNew));
  EXPECT_THAT(store_.ReadChecked(manifest, "model.pt"), IsOkAndHolds("weights"));
}

TEST_F(ModelStoreTest, RemembersWhatServedBefore) {
  ASSERT_OK(Add(kOld));
  ASSERT_OK(Add(kNew));
  EXPECT_THAT(store_.Active("eurusd-1h"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("act")));
  ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
  ASSERT_OK_AND_ASSIGN(ActiveVersion active, store_.Active("eurusd-1h"));
  EXPECT_EQ(active.version, kOld);
  EXPECT_EQ(active.previous, std::nullopt);
  ASSERT_OK(store_.SetActive("eurusd-1h", kNew));
  ASSERT_OK(store_.SetActive("eurusd-1h", kNew));  // again: still the same one before it
  ASSERT_OK_AND_ASSIGN(active, store_.Active("eurusd-1h"));
  EXPECT_EQ(active.version, kNew);
  EXPECT_EQ(active.previous, kOld);
  EXPECT_THAT(store_.SetActive("eurusd-1h", kNewest),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("20180103000000")));
  ASSERT_OK_AND_ASSIGN(active, store_.Active("eurusd-1h"));
  EXPECT_EQ(active.version, kNew);
}

TEST_F(ModelStoreTest, ReportsABrokenActiveFile) {
  ASSERT_OK(Add(kOld));
  for (const char* text : {"", "{}", "{\"version\": 1, \"previous\": null}",
                           "{\"version\": 20180101000000, \"previous\": \"x\"}"}) {
    Write(folder_ / "models/eurusd-1h/active.json", text);
    EXPECT_THAT(store_.Active("eurusd-1h"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("active.json")));
  }
}

TEST_F(ModelStoreTest, KeepsTheBackendsIdBesideTheManifest) {
  ASSERT_OK(Add(kOld));
  EXPECT_THAT(store_.BackendId("eurusd-1h", kOld), IsOkAndHolds(""));
  ASSERT_OK(store_.SetBackendId("eurusd-1h", kOld, "42"));
  EXPECT_THAT(store_.BackendId("eurusd-1h", kOld), IsOkAndHolds("42"));
  EXPECT_THAT(store_.ReadManifest("eurusd-1h", kOld), IsOk());
  EXPECT_THAT(store_.SetBackendId("eurusd-1h", kNew, "43"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("20180102000000")));
}

TEST_F(ModelStoreTest, IgnoresIncompleteVersionsAndForeignEntries) {
  ASSERT_OK(Add(kOld));
  fs::create_directories(VersionPath(kNew));  // no manifest
  Write(VersionPath(kNew) + "/model.pt", "weights");
  fs::create_directories(folder_ / "models/eurusd-1h/.incoming-dead");
  Write(folder_ / "models/eurusd-1h/.incoming-dead/manifest.json", "{}");
  fs::create_directories(folder_ / "models/eurusd-1h/notes");
  Write(folder_ / "models/README", "hello");
  EXPECT_THAT(store_.ListModels(), IsOkAndHolds(ElementsAre("eurusd-1h")));
  EXPECT_THAT(store_.ListVersions("eurusd-1h"), IsOkAndHolds(ElementsAre(kOld)));
  EXPECT_THAT(store_.SetActive("eurusd-1h", kNew),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("20180102000000")));
  // The next writer sweeps out what the dead one left.
  ASSERT_OK(Add(kNewest));
  EXPECT_FALSE(fs::exists(folder_ / "models/eurusd-1h/.incoming-dead"));
}

TEST_F(ModelStoreTest, AnInterruptedWriteLeavesNothing) {
  ASSERT_OK(Add(kOld));
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = signal(SIGXFSZ, SIG_IGN);
  const absl::Cleanup restore = [&] {
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, old_handler);
  };
  // The first file fits, a later one stops in its middle, as on a full disk.
  const rlimit small = {4096, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const absl::Status status = store_.Add(MakeTinyModel(kNew).manifest,
                                         {{"a", "fits"}, {"model.pt", std::string(100000, 'w')}});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("model.pt"));
  EXPECT_THAT(Entries(folder_ / "models/eurusd-1h"), ElementsAre("20180101000000"));
  ASSERT_OK(Add(kNew));
}

TEST_F(ModelStoreTest, RefusesNamesThatLeadOut) {
  Write(folder_ / "secret", "s3cret");
  for (const char* name : {"..", ".", "", "../models", "a/b", "/etc", "eurusd-1h/..", "A"}) {
    EXPECT_THAT(store_.ListVersions(name),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("model name")));
    EXPECT_THAT(store_.Active(name),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("model name")));
    Manifest manifest = MakeTinyModel(kOld).manifest;
    manifest.name = name;
    EXPECT_EQ(store_.Add(manifest, SomeFiles()).code(), absl::StatusCode::kInvalidArgument);
  }
  for (const char* file : {"..", "../x", "a/b", "", ".hidden", "manifest.json"}) {
    EXPECT_EQ(store_.Add(MakeTinyModel(kOld).manifest, {{file, "x"}}).code(),
              absl::StatusCode::kInvalidArgument);
  }
  ASSERT_OK(Add(kOld));
  ASSERT_OK_AND_ASSIGN(Manifest manifest, store_.ReadManifest("eurusd-1h", kOld));
  manifest.files["../../../secret"] = std::string(64, '0');
  EXPECT_THAT(store_.ReadChecked(manifest, "../../../secret"),
              StatusIs(absl::StatusCode::kNotFound, ::testing::Not(HasSubstr("s3cret"))));
}

TEST_F(ModelStoreTest, FollowsNoSymbolicLink) {
  ASSERT_OK(Add(kOld));
  ASSERT_OK(Add(kNew));
  ASSERT_OK_AND_ASSIGN(const Manifest manifest, store_.ReadManifest("eurusd-1h", kOld));
  // A file, with the right content behind the link.
  fs::rename(VersionPath(kOld) + "/model.pt", folder_ / "elsewhere");
  fs::create_symlink(folder_ / "elsewhere", VersionPath(kOld) + "/model.pt");
  EXPECT_THAT(store_.ReadChecked(manifest, "model.pt"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("symbolic link")));
  // A version.
  fs::rename(VersionPath(kNew), folder_ / "moved");
  fs::create_directory_symlink(folder_ / "moved", VersionPath(kNew));
  EXPECT_THAT(store_.ReadManifest("eurusd-1h", kNew),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("symbolic link")));
  EXPECT_THAT(store_.ListVersions("eurusd-1h"), IsOkAndHolds(ElementsAre(kOld)));
  // A model.
  fs::create_directory_symlink(folder_ / "models/eurusd-1h", folder_ / "models/linked");
  EXPECT_THAT(store_.ListVersions("linked"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("symbolic link")));
  EXPECT_THAT(store_.ListModels(), IsOkAndHolds(ElementsAre("eurusd-1h")));
}

TEST_F(ModelStoreTest, SeesChangedAndMissingFiles) {
  ASSERT_OK(Add(kOld));
  ASSERT_OK_AND_ASSIGN(const Manifest manifest, store_.ReadManifest("eurusd-1h", kOld));
  Write(VersionPath(kOld) + "/model.pt", "weightz");
  EXPECT_THAT(store_.ReadChecked(manifest, "model.pt"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("model.pt has SHA-256")));
  fs::remove(VersionPath(kOld) + "/model.pt");
  EXPECT_THAT(store_.ReadChecked(manifest, "model.pt"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("model.pt is missing")));
  // A version copied under another number keeps its own manifest.
  fs::copy(VersionPath(kOld), VersionPath(kNew), fs::copy_options::recursive);
  EXPECT_THAT(store_.ReadManifest("eurusd-1h", kNew),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("lies in")));
}

TEST_F(ModelStoreTest, ReadersSeeOldOrNewWhileOneWrites) {
  ASSERT_OK(Add(kOld));
  ASSERT_OK(Add(kNew));
  ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
  std::thread writer([this] {
    for (int i = 0; i < 50; ++i) {
      EXPECT_OK(store_.SetActive("eurusd-1h", i % 2 == 0 ? kNew : kOld));
    }
  });
  for (int i = 0; i < 500; ++i) {
    const absl::StatusOr<ActiveVersion> active = store_.Active("eurusd-1h");
    EXPECT_THAT(active, IsOk());
    EXPECT_TRUE(!active.ok() || active->version == kOld || active->version == kNew);
  }
  writer.join();
}

TEST_F(ModelStoreTest, DoesNotWaitForEverForAWriterThatHangs) {
  const auto first = StoreFolder::OpenRoot(folder_.path());
  auto second = StoreFolder::OpenRoot(folder_.path());
  ASSERT_OK(first);
  ASSERT_OK(second);
  ASSERT_OK(first->LockForWriting());
  EXPECT_THAT(second->LockForWriting(absl::Milliseconds(1)),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("locked by another process")));
}

}  // namespace
}  // namespace aifx::model
