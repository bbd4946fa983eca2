#include "core/serving/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::serving {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using testing::StatusIs;

const market::CurrencyPair kEurUsd = *market::CurrencyPair::Parse("EUR/USD");
constexpr market::Timeframe kHour = market::Timeframe::k1Hour;
constexpr int64_t kOld = 20180101000000, kNew = 20180201000000;

class RegistryTest : public ::testing::Test {
 protected:
  void Add(const std::string& name, int64_t version, const std::string& pair = "EUR/USD") {
    model::Manifest manifest = testing::FakeManifest(name, version);
    manifest.pair = pair;
    ASSERT_OK(store_.Add(manifest, {{"model.pt", "program"}}));
  }

  absl::StatusOr<std::shared_ptr<const model::Model>> Load(const std::string& name,
                                                           int64_t version) {
    ++loads_[version];
    if (broken_.count(version) > 0) return absl::DataLossError("model.pt is damaged");
    absl::StatusOr<model::Manifest> manifest = store_.ReadManifest(name, version);
    if (!manifest.ok()) return manifest.status();
    return std::make_shared<testing::FakeModel>(*std::move(manifest));
  }

  int64_t ServedVersion(const ModelSelector& selector = {}) {
    const auto served = registry_.Acquire(selector, kEurUsd, kHour);
    return served.ok() ? served->model->manifest().version : 0;
  }

  testing::TemporaryFolder folder_;
  model::ModelStore store_{folder_.path()};
  std::map<int64_t, int> loads_;
  std::map<int64_t, bool> broken_;
  ModelRegistry registry_{store_, base::NullLogger(),
                          [this](const model::ModelStore&, const std::string& name,
                                 int64_t version) { return Load(name, version); }};
};

TEST_F(RegistryTest, AnEmptyStoreServesNothingAndSaysWhatToDo) {
  registry_.Refresh();
  EXPECT_FALSE(registry_.HasReadyModel());
  EXPECT_THAT(registry_.Acquire({}, kEurUsd, kHour),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("aifx train weekly")));
}

TEST_F(RegistryTest, TheActiveVersionServesAndIsLoadedOnce) {
  Add("eurusd-1h", kOld);
  Add("eurusd-1h", kNew);
  ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
  registry_.Refresh();
  registry_.Refresh();
  EXPECT_EQ(ServedVersion(), kOld);
  EXPECT_EQ(loads_[kOld], 1);
  EXPECT_EQ(loads_[kNew], 0);
  const auto views = registry_.List();
  ASSERT_THAT(views, SizeIs(2));
  EXPECT_EQ(views[0].state, VersionState::kReady);
  EXPECT_TRUE(views[0].active);
  EXPECT_EQ(views[1].state, VersionState::kDiscovered);
}

TEST_F(RegistryTest, ASwapLeavesTheOldVersionToThoseWhoHoldIt) {
  Add("eurusd-1h", kOld);
  Add("eurusd-1h", kNew);
  ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
  registry_.Refresh();
  ASSERT_OK_AND_ASSIGN(const ServedModel held, registry_.Acquire({}, kEurUsd, kHour));
  ASSERT_OK(store_.SetActive("eurusd-1h", kNew));
  registry_.Refresh();
  EXPECT_EQ(ServedVersion(), kNew);
  EXPECT_EQ(held.model->manifest().version, kOld);
}

TEST_F(RegistryTest, TellsListenersOfEverySwapOnceItServes) {
  Add("eurusd-1h", kOld);
  Add("eurusd-1h", kNew);
  std::vector<std::string> swaps;
  registry_.OnSwap([&](const std::string& name, int64_t old_version, int64_t new_version) {
    EXPECT_EQ(ServedVersion(), new_version);
    swaps.push_back(absl::StrCat(name, " ", old_version, " ", new_version));
  });
  for (const int64_t version : {kOld, kNew, kNew, kOld}) {
    ASSERT_OK(store_.SetActive("eurusd-1h", version));
    registry_.Refresh();
  }
  EXPECT_THAT(swaps, ElementsAre(absl::StrCat("eurusd-1h 0 ", kOld),
                                 absl::StrCat("eurusd-1h ", kOld, " ", kNew),
                                 absl::StrCat("eurusd-1h ", kNew, " ", kOld)));
}

TEST_F(RegistryTest, AVersionThatFailsItsChecksLeavesTheOldOneServing) {
  Add("eurusd-1h", kOld);
  Add("eurusd-1h", kNew);
  ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
  registry_.Refresh();
  broken_[kNew] = true;
  ASSERT_OK(store_.SetActive("eurusd-1h", kNew));
  registry_.Refresh();
  registry_.Refresh();
  EXPECT_EQ(ServedVersion(), kOld);
  EXPECT_EQ(loads_[kNew], 1) << "a broken version is not tried again and again";
  const auto views = registry_.List();
  EXPECT_EQ(views[0].state, VersionState::kReady);
  EXPECT_EQ(views[1].state, VersionState::kFailed);
  EXPECT_THAT(views[1].reason, HasSubstr("model.pt is damaged"));
}

TEST_F(RegistryTest, TheBackendsIdAppearsOnceItIsRegistered) {
  Add("eurusd-1h", kOld);
  ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
  registry_.Refresh();
  EXPECT_EQ(registry_.Acquire({}, kEurUsd, kHour)->backend_id, "");
  ASSERT_OK(store_.SetBackendId("eurusd-1h", kOld, "0b8f2d7e-54a9-4c3e-9d55-2f6a0c1b7e11"));
  registry_.Refresh();
  EXPECT_EQ(registry_.Acquire({}, kEurUsd, kHour)->backend_id,
            "0b8f2d7e-54a9-4c3e-9d55-2f6a0c1b7e11");
}

TEST_F(RegistryTest, ChoosesTheModelOfTheSeriesAndNamesTheChoicesOtherwise) {
  Add("eurusd-1h", kOld);
  Add("usdjpy-1h", kNew, "USD/JPY");
  ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
  ASSERT_OK(store_.SetActive("usdjpy-1h", kNew));
  registry_.Refresh();
  EXPECT_EQ(ServedVersion(), kOld);
  EXPECT_EQ(ServedVersion({.name = "usdjpy-1h"}), kNew);
  EXPECT_THAT(registry_.Acquire({}, *market::CurrencyPair::Parse("GBP/USD"), kHour),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("eurusd-1h, usdjpy-1h")));
  EXPECT_THAT(
      registry_.Acquire({.name = "nope"}, kEurUsd, kHour),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("model_name \"nope\" does not serve")));
  EXPECT_THAT(registry_.Acquire({.name = "eurusd-1h", .version = 7}, kEurUsd, kHour),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("model_version 7 is not loaded")));
}

TEST_F(RegistryTest, AnotherSeriesIsServedOnlyByAModelThatIsNamed) {
  Add("eurusd-1h", kOld);
  ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
  registry_.Refresh();
  const market::CurrencyPair pound = *market::CurrencyPair::Parse("GBP/USD");
  EXPECT_THAT(registry_.Acquire({}, pound, kHour),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("name one of eurusd-1h")));
  EXPECT_OK(registry_.Acquire({.name = "eurusd-1h"}, pound, kHour));
}

TEST_F(RegistryTest, AFailedVersionIsTriedAgainOnceAnotherWasActive) {
  Add("eurusd-1h", kOld);
  Add("eurusd-1h", kNew);
  ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
  registry_.Refresh();
  broken_[kNew] = true;
  ASSERT_OK(store_.SetActive("eurusd-1h", kNew));
  registry_.Refresh();
  ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
  registry_.Refresh();
  broken_.clear();
  ASSERT_OK(store_.SetActive("eurusd-1h", kNew));
  registry_.Refresh();
  EXPECT_EQ(ServedVersion(), kNew);
}

}  // namespace
}  // namespace aifx::serving
