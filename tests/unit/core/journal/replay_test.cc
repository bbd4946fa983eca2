#include "core/journal/replay.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "core/model/model.h"
#include "tests/support/tiny_model.h"
#include "tests/unit/core/journal/journal_fixture.h"

namespace aifx::journal {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::StatusIs;

using ReplayTest = JournalFixture;

TEST_F(ReplayTest, GivesTheSameBits) {
  ASSERT_OK_AND_ASSIGN(const JournalEntry entry, EntryFromJson(EntryToJson(Entry())));
  ASSERT_OK_AND_ASSIGN(const ReplayResult result, ReplayWith(entry, model_));
  EXPECT_THAT(result.differences, IsEmpty());
  EXPECT_EQ(result.logits, entry.logits);
  EXPECT_EQ(result.decision, entry.decision);
}

TEST_F(ReplayTest, AppliesTheRulesOfThen) {
  clock_.Advance(absl::Hours(30));
  const JournalEntry held = Entry();
  EXPECT_EQ(held.decision.hold_reason, "stale_candles");
  EXPECT_THAT(ReplayWith(held, model_)->differences, IsEmpty());
  const JournalEntry warned = Entry({.stale_policy = pipeline::StalePolicy::kWarn});
  EXPECT_NE(warned.decision.hold_reason, "stale_candles");
  EXPECT_THAT(ReplayWith(warned, model_)->differences, IsEmpty());
  const JournalEntry expired = Entry({.model_expires_after = absl::Hours(1)});
  EXPECT_EQ(expired.decision.hold_reason, "model_expired");
  EXPECT_THAT(ReplayWith(expired, model_)->differences, IsEmpty());
}

TEST_F(ReplayTest, AppliesAKillSwitchOfThen) {
  serving::KillSwitches switches(folder_.path(), base::NullLogger());
  ASSERT_OK(switches.Engage({{}, "a test", clock_.Now()}));
  const JournalEntry entry = Entry({.kill_switches = &switches});
  EXPECT_EQ(entry.decision.hold_reason, "kill_switch");
  EXPECT_THAT(ReplayWith(entry, model_)->differences, IsEmpty());
}

TEST_F(ReplayTest, SaysWhatDiffersAndByHowMuch) {
  JournalEntry entry = Entry();
  entry.kernel = "another";
  entry.window[3] += 0.5f;
  entry.logits[1] = std::nextafter(entry.logits[1], 1.0f);
  entry.decision.hold_reason = "no_such_reason";
  entry.decision.confidence += 0.25;
  ASSERT_OK_AND_ASSIGN(const ReplayResult result, ReplayWith(entry, model_));
  EXPECT_THAT(result.differences, Contains(HasSubstr("kernel: \"fake\" instead of \"another\"")));
  EXPECT_THAT(result.differences, Contains(HasSubstr("window: 1 of ")));
  EXPECT_THAT(result.differences, Contains(HasSubstr("by 0.5 at most")));
  EXPECT_THAT(result.differences, Contains(HasSubstr("logits: 1 of 3 values differ")));
  EXPECT_THAT(result.differences, Contains(HasSubstr("hold reason: ")));
  EXPECT_THAT(result.differences, Contains(HasSubstr("levels: 1 of")));
}

TEST_F(ReplayTest, RefusesAnEntryWithTooFewCandles) {
  JournalEntry entry = Entry();
  entry.candles.resize(3);
  EXPECT_THAT(ReplayWith(entry, model_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("3 candles")));
}

// A version from the store, with LibTorch.
TEST_F(ReplayTest, LoadsTheVersionThatAnswered) {
  const model::ModelStore store(folder_ / "tiny");
  const testing::TinyModel tiny = testing::MakeTinyModel();
  ASSERT_OK_AND_ASSIGN(const auto files, tiny.Files());
  ASSERT_OK(store.Add(tiny.manifest, files));
  ASSERT_OK_AND_ASSIGN(const auto loaded,
                       model::LoadModel(store, tiny.manifest.name, tiny.manifest.version));
  const serving::ModelRegistry registry(store, base::NullLogger());
  EntryKeeper keeper;
  const pipeline::Predictor predictor(registry, nullptr, clock_, {.listener = &keeper});
  JournalEntry request = Entry();
  ASSERT_OK_AND_ASSIGN(pipeline::PreparedRequest item, PreparedOf(request, loaded));
  ASSERT_OK(predictor.Run(absl::MakeSpan(&item, 1))[0]);

  ASSERT_OK_AND_ASSIGN(const ReplayResult result, Replay(keeper.entries.at(0), store));
  EXPECT_THAT(result.differences, IsEmpty());

  JournalEntry gone = keeper.entries[0];
  gone.version = 20200101000000;
  EXPECT_THAT(Replay(gone, store), StatusIs(absl::StatusCode::kNotFound, HasSubstr("2020")));
  std::ofstream(absl::StrCat(store.root(), "/", tiny.manifest.name, "/", tiny.manifest.version, "/",
                             model::kTorchScriptFile),
                std::ios::app)
      << "x";
  EXPECT_THAT(Replay(keeper.entries[0], store),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("model.pt")));
}

}  // namespace
}  // namespace aifx::journal
