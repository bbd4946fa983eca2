#include "core/serving/experiments.h"

#include <fstream>
#include <optional>

#include "absl/strings/str_cat.h"
#include "core/base/violation.h"
#include "tests/support/fake_clock.h"
#include "tests/support/recording_logger.h"
#include "tests/unit/core/serving/registry_fixture.h"

namespace aifx::serving {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::StatusIs;

class ExperimentsTest : public RegistryFixture {
 protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    ASSERT_OK(registry_.SetActive(kModel, kOld, {}));
    Open();
  }
  // As at the start of a process.
  void Open() {
    experiments_.emplace(ExperimentsDeps{.store = store_,
                                         .registry = registry_,
                                         .control = registry_,
                                         .clock = clock_,
                                         .logger = logger_,
                                         .rules = {}});
  }
  static Experiment Asked(std::string name = "june", ExperimentKind kind = ExperimentKind::kAb) {
    return {.name = std::move(name),
            .kind = kind,
            .model = kModel,
            .candidate = kNew,
            .candidate_percent = 50};
  }
  absl::StatusOr<ExperimentView> Create(Experiment asked = Asked()) {
    clock_.Advance(absl::Seconds(1));
    return experiments_->Create(std::move(asked), {});
  }
  Experiment Newest() const { return experiments_->List().at(0).experiment; }
  // A candle that nobody asked for before, answered by both arms in turn.
  void Answer(Arm arm, const ArmAnswer& answer = {.decided = true, .confidence = 0.6}) {
    experiments_->Find(kModel)->CountAnswer(arm, point_ += 1e-6, answer);
  }

  testing::FakeClock clock_;
  testing::RecordingLogger logger_;
  std::optional<Experiments> experiments_;
  double point_ = 0;
};

TEST_F(ExperimentsTest, CreatingLoadsTheCandidateAndEndingLetsGoOfIt) {
  EXPECT_EQ(experiments_->Find(kModel), nullptr);
  const auto created = Create();
  ASSERT_OK(created);
  EXPECT_EQ(created->experiment.champion, kOld);
  EXPECT_EQ(created->experiment.started_at, clock_.Now());
  EXPECT_EQ(Served(kNew), kNew);
  ASSERT_NE(experiments_->Find(kModel), nullptr);
  EXPECT_EQ(experiments_->Find("other"), nullptr);

  ASSERT_OK(experiments_->End("june", false, {}));
  EXPECT_EQ(experiments_->Find(kModel), nullptr);
  EXPECT_EQ(Newest().ended_at, clock_.Now());
  EXPECT_EQ(Newest().end_reason, "ended by command");
  EXPECT_EQ(Served(kNew), 0);
  EXPECT_EQ(Served(), kOld);
  const auto again = experiments_->End("june", false, {});
  ASSERT_OK(again);
  EXPECT_EQ(again->experiment, Newest());
  EXPECT_THAT(experiments_->End("june", true, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("ended by command")));
}

TEST_F(ExperimentsTest, WhatWasLoadedBeforeStaysLoaded) {
  ASSERT_OK(registry_.Load(kModel, kNew, {}));
  ASSERT_OK(Create());
  ASSERT_OK(experiments_->End("june", false, {}));
  EXPECT_EQ(Served(kNew), kNew);
}

TEST_F(ExperimentsTest, PromotionActivatesTheCandidate) {
  ASSERT_OK(Create());
  ASSERT_OK(experiments_->End("june", true, {}));
  EXPECT_EQ(Served(), kNew);
  EXPECT_EQ(store_.Active(kModel)->version, kNew);
  EXPECT_EQ(Newest().end_reason, "the candidate was promoted");
  EXPECT_OK(experiments_->End("june", true, {}));
}

TEST_F(ExperimentsTest, APromotedCandidateIsKeptNoLongerThanItServes) {
  int64_t candidate = kNew, champion = kOld;
  for (int i = 0; i < 3; ++i) {  // one version may be kept
    Experiment asked = Asked(absl::StrCat("test-", i));
    asked.candidate = candidate;
    ASSERT_OK(Create(asked));
    ASSERT_OK(experiments_->End(asked.name, true, {}));
    EXPECT_EQ(Served(), candidate);
    EXPECT_EQ(Served(champion), 0);
    EXPECT_EQ(registry_.Stats().models.at(0).loaded, 1u);
    champion = std::exchange(candidate, candidate == kNew ? kNewest : kNew);
  }
}

TEST_F(ExperimentsTest, RefusesWhatCannotRun) {
  Experiment everything = Asked();
  everything.candidate_percent = 100;
  EXPECT_THAT(Create(everything), StatusIs(absl::StatusCode::kInvalidArgument,
                                           HasSubstr("leaves the champion no candle")));
  Experiment active = Asked();
  active.candidate = kOld;
  EXPECT_THAT(Create(active), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("active")));
  Experiment unknown = Asked();
  unknown.candidate = 20190101000000;
  EXPECT_THAT(Create(unknown), StatusIs(absl::StatusCode::kNotFound, HasSubstr("20190101000000")));
  Experiment other = Asked();
  other.model = "gbpusd-1h";
  EXPECT_EQ(base::ReasonOf(Create(other).status()), "NO_ACTIVE_VERSION");
  broken.insert(kNew);
  EXPECT_THAT(Create(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("damaged")));
  broken.clear();
  EXPECT_THAT(experiments_->List(), IsEmpty());
  EXPECT_THAT(experiments_->End("june", false, {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("june")));
  ASSERT_OK(Create());
  EXPECT_EQ(base::ReasonOf(Create(Asked("july")).status()), "EXPERIMENT_RUNS");
  EXPECT_THAT(Create(), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("another name")));
}

TEST_F(ExperimentsTest, RefusesVersionsThatReadOtherwise) {
  model::Manifest manifest = testing::FakeManifest(kModel, 20180401000000);
  manifest.sequence = 5;
  ASSERT_OK(store_.Add(manifest, {{"model.pt", "program"}}));
  Experiment asked = Asked();
  asked.candidate = manifest.version;
  const auto created = Create(asked);
  EXPECT_EQ(base::ReasonOf(created.status()), "EXPERIMENT_INCOMPATIBLE");
  EXPECT_THAT(created, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("sequence")));
}

TEST_F(ExperimentsTest, GoesOnAfterARestart) {
  ASSERT_OK(Create(Asked("first")));
  ASSERT_OK(experiments_->End("first", false, {}));
  ASSERT_OK(Create(Asked("second", ExperimentKind::kCanary)));
  experiments_->SetBackendId("second", "uuid-2");
  for (int i = 0; i < 3; ++i) Answer(Arm::kCandidate);
  clock_.Advance(absl::Seconds(59));
  experiments_->Evaluate();  // writes the counts once a minute, not each time
  Answer(Arm::kChampion);
  clock_.Advance(absl::Seconds(1));
  experiments_->Evaluate();
  const std::vector<ExperimentView> before = experiments_->List();
  ASSERT_OK(registry_.Unload(kModel, kNew, {}));

  Open();
  const std::vector<ExperimentView> after = experiments_->List();
  ASSERT_THAT(after, SizeIs(2));
  EXPECT_EQ(after[0].experiment, before[0].experiment);
  EXPECT_EQ(after[1].experiment, before[1].experiment);
  EXPECT_EQ(after[0].experiment.backend_id, "uuid-2");
  EXPECT_EQ(after[0].stats.candidate.requests, 3);
  EXPECT_EQ(after[0].stats.candidate.units, 3);
  EXPECT_EQ(after[0].stats.champion.requests, 1);
  EXPECT_EQ(Served(kNew), 0);
  experiments_->Resume();
  EXPECT_EQ(Served(kNew), kNew);
  EXPECT_NE(experiments_->Find(kModel), nullptr);
}

TEST_F(ExperimentsTest, ADamagedFileRunsNothingAndIsKeptForPeople) {
  ASSERT_OK(Create());
  std::ofstream(folder_ / "experiments.json") << R"({"experiments":[{"name":"june"}]})";
  Open();
  EXPECT_EQ(experiments_->Find(kModel), nullptr);
  EXPECT_THAT(experiments_->List(), IsEmpty());
  EXPECT_THAT(logger_.text(), HasSubstr("cannot read the experiments"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "experiments.json.damaged"));
  EXPECT_OK(Create());
}

TEST_F(ExperimentsTest, ACanaryThatFailsIsTakenBack) {
  ASSERT_OK(Create(Asked("canary", ExperimentKind::kCanary)));
  for (int i = 0; i < 20; ++i) Answer(Arm::kChampion);
  for (int i = 0; i < 18; ++i) Answer(Arm::kCandidate);
  experiments_->Find(kModel)->CountError(Arm::kCandidate);
  experiments_->Evaluate();
  ASSERT_NE(experiments_->Find(kModel), nullptr);
  experiments_->Find(kModel)->CountError(Arm::kCandidate);
  clock_.Advance(absl::Seconds(2));
  experiments_->Evaluate();
  EXPECT_EQ(experiments_->Find(kModel), nullptr);
  EXPECT_THAT(Newest().end_reason, HasSubstr("rolled back: the candidate failed 10.0%"));
  EXPECT_EQ(Newest().ended_at, clock_.Now());
  EXPECT_EQ(Served(kNew), 0);
  EXPECT_EQ(Served(), kOld);
}

TEST_F(ExperimentsTest, AnAbTestIsNotTakenBack) {
  ASSERT_OK(Create());
  for (int i = 0; i < 20; ++i) Answer(Arm::kChampion);
  for (int i = 0; i < 20; ++i) experiments_->Find(kModel)->CountError(Arm::kCandidate);
  experiments_->Evaluate();
  EXPECT_NE(experiments_->Find(kModel), nullptr);
}

TEST_F(ExperimentsTest, EndsWhenAnotherVersionBecomesActive) {
  ASSERT_OK(Create());
  ASSERT_OK(registry_.SetActive(kModel, kNewest, {}));
  experiments_->Evaluate();
  EXPECT_EQ(experiments_->Find(kModel), nullptr);
  EXPECT_EQ(Newest().end_reason, "version 20180301000000 became active");
}

TEST_F(ExperimentsTest, CountsEachCandleOnceAndEachRequest) {
  ASSERT_OK(Create());
  const auto running = experiments_->Find(kModel);
  const ArmAnswer answer{
      .decided = true, .hold = true, .confidence = 0.5, .run_time = absl::Milliseconds(2)};
  EXPECT_TRUE(running->CountAnswer(Arm::kCandidate, 1.5, answer));
  EXPECT_FALSE(running->CountAnswer(Arm::kCandidate, 1.5, answer));
  EXPECT_TRUE(running->CountAnswer(Arm::kCandidate, 2.5, {}));
  const ArmStats stats = running->Stats().candidate;
  EXPECT_EQ(stats.requests, 3);
  EXPECT_EQ(stats.units, 2);
  EXPECT_EQ(stats.decided, 1);
  EXPECT_EQ(stats.holds, 1);
  EXPECT_EQ(stats.confidence_sum, 0.5);
  EXPECT_EQ(stats.runs, 2);
  EXPECT_EQ(stats.run_time, absl::Milliseconds(4));
}

}  // namespace
}  // namespace aifx::serving
