// Commands, refreshes and requests that meet, at places that the tests choose.
#include <vector>

#include "tests/unit/core/serving/registry_fixture.h"

namespace aifx::serving {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

class RegistryRacesTest : public RegistryFixture {};

TEST_F(RegistryRacesTest, AVersionOnItsWayShowsItsStageWhileTheOldOneAnswers) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  Gate loading, checking, warming;
  bool first_run = true;
  on_load = [&](int64_t) { loading.Pass(); };
  on_check = [&](int64_t) { checking.Pass(); };
  on_run = [&] {
    if (std::exchange(first_run, false)) warming.Pass();
    return absl::OkStatus();
  };
  std::thread command([&] { EXPECT_OK(registry_.SetActive(kModel, kNew, {})); });
  loading.AwaitArrival();
  EXPECT_EQ(State(kNew), VersionState::kLoading);
  EXPECT_EQ(Served(), kOld);
  loading.Open();
  checking.AwaitArrival();
  EXPECT_EQ(State(kNew), VersionState::kChecking);
  checking.Open();
  warming.AwaitArrival();
  EXPECT_EQ(State(kNew), VersionState::kWarming);
  EXPECT_EQ(Served(), kOld);
  EXPECT_EQ(Served(kNew), 0) << "nobody gets a version before it is warm";
  EXPECT_EQ(store_.Active(kModel)->version, kOld);
  warming.Open();
  command.join();
  EXPECT_EQ(State(kNew), VersionState::kReady);
  EXPECT_EQ(Served(), kNew);
}

TEST_F(RegistryRacesTest, CommandsAndRefreshesComeOneAfterTheOther) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  Gate gate;
  bool first = true;
  on_load = [&](int64_t) {
    if (std::exchange(first, false)) gate.Pass();
  };
  std::thread to_new([&] { EXPECT_OK(registry_.SetActive(kModel, kNew, {})); });
  gate.AwaitArrival();
  // Both wait for the first; in either order the last command decides, and the refresh agrees.
  std::thread to_newest([&] { EXPECT_OK(registry_.SetActive(kModel, kNewest, {})); });
  std::thread refresh([&] { registry_.Refresh(); });
  gate.Open();
  for (std::thread* each : {&to_new, &to_newest, &refresh}) each->join();
  EXPECT_EQ(Served(), kNewest);
  EXPECT_EQ(store_.Active(kModel)->version, kNewest);
  EXPECT_EQ(*store_.Active(kModel)->previous, kNew);
}

TEST_F(RegistryRacesTest, ACommandWhoseCallerHasGoneBeforeItsTurnChangesNothing) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  Gate gate;
  on_load = [&](int64_t) { gate.Pass(); };
  std::thread slow([&] { EXPECT_OK(registry_.Load(kModel, kNew, {})); });
  gate.AwaitArrival();
  const base::CallContext context;
  std::thread late([&] {
    EXPECT_THAT(registry_.SetActive(kModel, kNewest, context),
                StatusIs(absl::StatusCode::kCancelled, HasSubstr("caller has gone")));
  });
  context.Cancel();
  gate.Open();
  slow.join();
  late.join();
  EXPECT_EQ(Served(), kOld);
}

TEST_F(RegistryRacesTest, AnActiveVersionChangedDuringALoadIsFoundByTheNextRefresh) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  ASSERT_OK(store_.SetActive(kModel, kNew));
  on_load = [&](int64_t version) {  // another process activates the newest one meanwhile
    if (version == kNew) {
      EXPECT_OK(store_.SetActive(kModel, kNewest));
    }
  };
  registry_.Refresh();
  registry_.Refresh();
  EXPECT_EQ(Served(), kNewest);
}

TEST_F(RegistryRacesTest, ADrainedVersionIsFreedByTheReaperOnceItsLastRequestEnds) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  absl::StatusOr<ServedModel> held = Acquire();
  ASSERT_OK(held);
  ASSERT_OK(registry_.SetActive(kModel, kNew, {}));
  EXPECT_EQ(State(kOld), VersionState::kDraining);
  EXPECT_EQ(registry_.Stats().models[0].draining, 1u);
  registry_.FlushFreed();
  EXPECT_EQ(census_.alive, 2);
  EXPECT_EQ(held->model->manifest().version, kOld);
  std::thread request([&] { *held = {}; });
  const std::thread::id request_id = request.get_id();
  request.join();
  registry_.FlushFreed();
  EXPECT_EQ(census_.alive, 1);
  EXPECT_EQ(State(kOld), VersionState::kDiscovered);
  EXPECT_EQ(registry_.Stats().freed, 1u);
  base::MutexLock lock(census_.mutex);
  EXPECT_THAT(census_.ended_on, ::testing::SizeIs(1));
  EXPECT_FALSE(census_.ended_on.contains(request_id));
  EXPECT_FALSE(census_.ended_on.contains(std::this_thread::get_id()));
}

TEST_F(RegistryRacesTest, AVersionActivatedAgainWhileItDrainsIsReadyAndFreedOnce) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  absl::StatusOr<ServedModel> held = Acquire();
  ASSERT_OK(registry_.SetActive(kModel, kNew, {}));
  ASSERT_OK(registry_.Rollback(kModel, {}));
  EXPECT_EQ(State(kOld), VersionState::kReady);
  *held = {};
  registry_.FlushFreed();
  EXPECT_EQ(census_.alive, 1);
  EXPECT_EQ(Served(), kOld);
}

// A hundred swaps under requests that never stop: each gets a whole version, and all but the last
// are freed.
TEST_F(RegistryRacesTest, RequestsDuringManySwapsNeverFailAndNeverMixVersions) {
  ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
  std::atomic<bool> stop = false;
  std::atomic<int> served = 0, failed = 0, mixed = 0;
  std::vector<std::thread> requests;
  for (int i = 0; i < 3; ++i) {
    requests.emplace_back([&] {
      while (!stop) {
        const auto acquired = Acquire();
        std::vector<float> logits(3);
        if (!acquired.ok() || !acquired->model->Run({}, absl::MakeSpan(logits)).ok()) ++failed;
        if (!acquired.ok()) continue;
        const float month = CountedModel::MonthOf(acquired->model->manifest().version);
        mixed += logits[0] != month || logits[2] != month ? 1 : 0;
        ++served;
      }
    });
  }
  for (int swap = 0; swap < 100; ++swap) {
    const int64_t version = std::vector<int64_t>{kNew, kNewest, kOld}[swap % 3];
    if (swap % 2 == 0) {
      ASSERT_OK(registry_.SetActive(kModel, version, {}));
    } else {
      ASSERT_OK(store_.SetActive(kModel, version));
      registry_.Refresh();
    }
    const int before = served;
    while (served < before + 10) std::this_thread::yield();  // every version answers some
  }
  stop = true;
  for (std::thread& request : requests) request.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(mixed, 0);
  EXPECT_EQ(registry_.Stats().swaps, 101u);
  registry_.FlushFreed();
  EXPECT_EQ(census_.alive, 1);
}

TEST_F(RegistryRacesTest, HandlesMayOutliveTheReaper) {
  std::shared_ptr<const model::Model> handle;
  {
    Reaper reaper;
    handle = reaper.Own(std::make_shared<CountedModel>(testing::FakeManifest(), census_, nullptr));
  }
  EXPECT_EQ(census_.alive, 1);
  handle.reset();
  EXPECT_EQ(census_.alive, 0);
}

}  // namespace
}  // namespace aifx::serving
