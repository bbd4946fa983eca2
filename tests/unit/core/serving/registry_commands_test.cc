// What administrators ask of the registry.
#include <fstream>
#include <vector>

#include "core/base/violation.h"
#include "tests/unit/core/serving/registry_fixture.h"

namespace aifx::serving {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Optional;
using testing::StatusIs;

class RegistryCommandsTest : public RegistryFixture {};

TEST_F(RegistryCommandsTest, ActivatesAnswersAndRemembersWhatWasBefore) {
  ASSERT_OK_AND_ASSIGN(const Activation first, registry_.SetActive(kModel, kOld, {}));
  EXPECT_EQ(first.previous, std::nullopt);
  EXPECT_EQ(first.view.state, VersionState::kReady);
  EXPECT_TRUE(first.view.active);
  EXPECT_EQ(first.view.kernel, "counted");
  EXPECT_EQ(Served(), kOld);
  ASSERT_OK_AND_ASSIGN(const Activation second, registry_.SetActive(kModel, kNew, {}));
  EXPECT_THAT(second.previous, Optional(kOld));
  EXPECT_EQ(Served(), kNew);
  EXPECT_EQ(store_.Active(kModel)->version, kNew);
  ASSERT_OK_AND_ASSIGN(const Activation again, registry_.SetActive(kModel, kNew, {}));
  EXPECT_THAT(again.previous, Optional(kOld)) << "activating what is active changes nothing";
  registry_.Refresh();
  EXPECT_EQ(registry_.Stats().loads, 2u) << "Refresh finds nothing left to do";
}

TEST_F(RegistryCommandsTest, RollbackIsItsOwnInverse) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  EXPECT_THAT(registry_.Rollback(kModel, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no version before")));
  ASSERT_OK(registry_.SetActive(kModel, kNew, {}));
  for (const int64_t expected : {kOld, kNew, kOld}) {
    ASSERT_OK(registry_.Rollback(kModel, {}));
    EXPECT_EQ(Served(), expected);
  }
}

TEST_F(RegistryCommandsTest, AVersionThatFailsIsNeverActivatedAndTheOldOneServesOn) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  broken.insert(kNew);
  const auto refused = registry_.SetActive(kModel, kNew, {});
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("is damaged")));
  EXPECT_EQ(base::ReasonOf(refused.status()), "MODEL_FAILED");
  EXPECT_EQ(Served(), kOld);
  EXPECT_EQ(store_.Active(kModel)->version, kOld);
  EXPECT_EQ(State(kNew), VersionState::kFailed);
  EXPECT_THAT(View(kNew).reason, HasSubstr("model.pt is damaged"));
  EXPECT_EQ(registry_.Stats().models[0].failed, 1u);
  EXPECT_EQ(registry_.Stats().load_failures, 1u);
  broken.clear();
  ASSERT_OK(registry_.SetActive(kModel, kNew, {}));
  EXPECT_EQ(View(kNew).reason, "");
  EXPECT_EQ(registry_.Stats().models[0].failed, 0u);
}

TEST_F(RegistryCommandsTest, AVersionThatFailsWhenItIsWarmedIsRefused) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  on_run = [] { return absl::InternalError("no memory for this shape"); };
  EXPECT_THAT(registry_.SetActive(kModel, kNew, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("warm-up with batch 1"), HasSubstr("no memory"))));
  EXPECT_EQ(Served(), kOld);
  EXPECT_EQ(census_.alive, 1);
}

TEST_F(RegistryCommandsTest, ALoadedVersionAnswersThoseWhoNameItUntilItIsUnloaded) {
  ASSERT_OK(registry_.SetActive(kModel, kNew, {}));
  EXPECT_THAT(Acquire(kOld), StatusIs(absl::StatusCode::kNotFound, HasSubstr("is not loaded")));
  ASSERT_OK_AND_ASSIGN(const VersionView view, registry_.Load(kModel, kOld, {}));
  EXPECT_EQ(view.state, VersionState::kReady);
  EXPECT_FALSE(view.active);
  EXPECT_EQ(Served(kOld), kOld);
  EXPECT_EQ(Served(), kNew);
  registry_.Refresh();
  EXPECT_EQ(Served(kOld), kOld);
  ASSERT_OK(registry_.Unload(kModel, kOld, {}));
  EXPECT_EQ(Served(kOld), 0);
  EXPECT_EQ(State(kOld), VersionState::kDiscovered);
  ASSERT_OK(registry_.Unload(kModel, kOld, {})) << "unloading it again is harmless";
  registry_.FlushFreed();
  EXPECT_EQ(census_.alive, 1);
}

TEST_F(RegistryCommandsTest, AKeptVersionStaysWhenAnotherTakesOver) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  ASSERT_OK(registry_.Load(kModel, kOld, {}));
  ASSERT_OK(registry_.SetActive(kModel, kNew, {}));
  EXPECT_EQ(Served(kOld), kOld);
  ASSERT_OK(registry_.Rollback(kModel, {}));
  EXPECT_EQ(registry_.Stats().loads, 2u) << "a kept version is not loaded again";
}

TEST_F(RegistryCommandsTest, AReleasedVersionGoesUnlessItServes) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  ASSERT_OK(registry_.Load(kModel, kNew, {}));
  ASSERT_OK(registry_.Release(kModel, kNew, {}));
  EXPECT_EQ(Served(kNew), 0);
  ASSERT_OK(registry_.Load(kModel, kOld, {}));
  ASSERT_OK(registry_.Release(kModel, kOld, {}));
  EXPECT_EQ(Served(), kOld);
  ASSERT_OK(registry_.SetActive(kModel, kNew, {}));
  EXPECT_EQ(Served(kOld), 0) << "not kept any more";
  EXPECT_OK(registry_.Release(kModel, kOld, {})) << "releasing it again is harmless";
  EXPECT_OK(registry_.Release("other", kOld, {}));
}

TEST_F(RegistryCommandsTest, KeepsNoMoreVersionsThanItMay) {
  ASSERT_OK(registry_.SetActive(kModel, kNewest, {}));
  ASSERT_OK(registry_.Load(kModel, kOld, {}));
  ASSERT_OK(registry_.Load(kModel, kOld, {})) << "it is kept already";
  EXPECT_THAT(registry_.Load(kModel, kNew, {}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("models.max_loaded")));
  ASSERT_OK(registry_.Unload(kModel, kOld, {}));
  EXPECT_OK(registry_.Load(kModel, kNew, {}));
}

TEST_F(RegistryCommandsTest, TheVersionThatServesIsNeverUnloaded) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  // active.json names another one by now, which fails: the old one is the last that is ready.
  broken.insert(kNew);
  ASSERT_OK(store_.SetActive(kModel, kNew));
  registry_.Refresh();
  EXPECT_THAT(registry_.Unload(kModel, kOld, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("serves")));
  EXPECT_EQ(Served(), kOld);
  ASSERT_OK_AND_ASSIGN(const Activation back, registry_.SetActive(kModel, kOld, {}));
  EXPECT_THAT(back.previous, Optional(kNew));
}

TEST_F(RegistryCommandsTest, WithoutAVersionLoadsTheActiveOneElseTheNewest) {
  ASSERT_OK_AND_ASSIGN(const VersionView newest, registry_.Load(kModel, 0, {}));
  EXPECT_EQ(newest.version, kNewest);
  EXPECT_THAT(Acquire(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("has no active version")));
  EXPECT_FALSE(registry_.HasReadyModel());
  ASSERT_OK(registry_.Unload(kModel, kNewest, {}));
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  EXPECT_EQ(registry_.Load(kModel, 0, {})->version, kOld);
}

TEST_F(RegistryCommandsTest, NamesWhatIsNotThere) {
  EXPECT_THAT(registry_.Load("../etc", kOld, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"../etc\"")));
  EXPECT_THAT(registry_.SetActive(kModel, 7, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("version 7")));
  EXPECT_THAT(registry_.SetActive("other", kOld, {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"other\" is not there")));
  EXPECT_THAT(registry_.Rollback("other", {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"other\" is not there")));
  EXPECT_THAT(registry_.Unload(kModel, 20190101000000, {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no version 20190101000000")));
  std::ofstream(folder_ / "eurusd-1h/active.json") << "{";
  EXPECT_THAT(registry_.SetActive(kModel, kOld, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("active.json")));
  EXPECT_EQ(registry_.Stats().loads, 0u);
}

}  // namespace
}  // namespace aifx::serving
