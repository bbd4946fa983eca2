// Candles of other pairs in the journal.
#include "core/journal/replay.h"
#include "tests/unit/core/journal/journal_fixture.h"

namespace aifx::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

market::CurrencyPair Pair(const std::string& name) { return *market::CurrencyPair::Parse(name); }

// The model's feature set uses four other pairs, stationary-v2.
class JournalContextTest : public JournalFixture {
 protected:
  JournalContextTest() {
    model::Manifest manifest = testing::FakeManifest();
    testing::SetFeatureSet(**features::FindFeatureSet("stationary-v2"), manifest);
    model_ = std::make_shared<testing::FakeModel>(manifest);
  }

  JournalEntry EntryWith(std::vector<features::OwnedContextSeries> context) {
    EntryKeeper keeper;
    const pipeline::Predictor predictor(registry_, nullptr, clock_, {.listener = &keeper});
    pipeline::PredictRequest request{
        .request_id = kId, .pair = Pair("EUR/USD"), .timeframe = kHour};
    request.candles = candles_;
    request.context = std::move(context);
    auto prepared = predictor.Prepare(std::move(request));
    EXPECT_OK(prepared);
    EXPECT_OK(predictor.Run(absl::MakeSpan(&*prepared, 1))[0]);
    return keeper.entries.at(0);
  }
  // A series for each pair that the set uses, and two that it does not.
  std::vector<features::OwnedContextSeries> Context() const {
    std::vector<features::OwnedContextSeries> context;
    uint64_t seed = 10;
    for (const char* name : {"GBP/USD", "NZD/JPY", "USD/JPY", "AUD/USD", "EUR/USD"}) {
      context.push_back({Pair(name), testing::RandomWalk({.seed = ++seed, .count = 400})});
    }
    return context;
  }
};

TEST_F(JournalContextTest, KeepsWhatTheWindowDependsOnAndReplaysIt) {
  const JournalEntry entry = EntryWith(Context());
  EXPECT_THAT(entry.context,
              ElementsAre(Field(&features::OwnedContextSeries::pair, Pair("GBP/USD")),
                          Field(&features::OwnedContextSeries::pair, Pair("USD/JPY")),
                          Field(&features::OwnedContextSeries::pair, Pair("AUD/USD"))));
  ASSERT_LT(entry.candles.size(), candles_.size());
  for (const features::OwnedContextSeries& series : entry.context) {
    EXPECT_EQ(series.candles.size(), entry.candles.size());
    EXPECT_EQ(series.candles.front().open_time, entry.candles.front().open_time);
  }
  ASSERT_OK_AND_ASSIGN(const ReplayResult replayed, ReplayWith(entry, model_));
  EXPECT_THAT(replayed.differences, ::testing::IsEmpty());
}

// The last candle before the window is known at its first.
TEST_F(JournalContextTest, KeepsTheCandleThatIsCarriedIntoTheWindow) {
  std::vector<features::OwnedContextSeries> context = Context();
  const size_t before = candles_.size() - EntryWith(context).candles.size();
  std::vector<market::Candle>& pound = context[0].candles;
  pound.erase(pound.begin() + static_cast<std::ptrdiff_t>(before), pound.begin() + before + 3);
  std::vector<market::Candle>& yen = context[2].candles;
  yen.erase(yen.begin() + 20, yen.end());  // long before the window
  const JournalEntry entry = EntryWith(context);
  EXPECT_EQ(entry.context[0].candles.front().open_time, candles_[before - 1].open_time);
  EXPECT_EQ(entry.context[1].candles.size(), 1u);
  ASSERT_OK_AND_ASSIGN(const ReplayResult replayed, ReplayWith(entry, model_));
  EXPECT_THAT(replayed.differences, ::testing::IsEmpty());
}

}  // namespace
}  // namespace aifx::journal
