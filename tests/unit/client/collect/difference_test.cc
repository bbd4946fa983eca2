#include "client/collect/difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/collect/delivery.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/client/collect/fake_macro_store.h"

namespace aifx::collect {
namespace {

using ::aifx::testing::StatusIs;
using macro::EconomicEvent;
using macro::FundamentalRecord;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

EconomicEvent Event(int hour, std::optional<double> actual = std::nullopt) {
  EconomicEvent event;
  event.time = absl::UnixEpoch() + absl::Hours(hour);
  event.currency = "USD";
  event.name = "CPI";
  event.actual = actual;
  return event;
}

FundamentalRecord Record(int day, double value, int released_day) {
  FundamentalRecord record;
  record.date = absl::UnixEpoch() + absl::Hours(24 * day);
  record.country = "US";
  record.indicator = "cpi";
  record.value = value;
  record.released_at = absl::UnixEpoch() + absl::Hours(24 * released_day);
  return record;
}

TEST(CompareTest, FindsWhatIsNewAndWhatIsKnownNow) {
  const auto difference = Compare({Event(1), Event(2, 7.5), Event(3), Event(4, 1)},
                                  {Event(1, 5), Event(2), Event(4, 1.0000004)});
  ASSERT_EQ(difference.add.size(), 1u);
  EXPECT_EQ(difference.add[0], Event(3));
  ASSERT_EQ(difference.change.size(), 1u);
  EXPECT_EQ(difference.change[0], Event(2, 7.5));
  EXPECT_EQ(difference.same, 2) << "an unknown actual takes nothing away; a column rounds";
}

TEST(CompareTest, ChangesOfImpactAndHourCount) {
  EconomicEvent stored = Event(1);
  stored.impact = macro::Impact::kHigh;
  EXPECT_EQ(Compare({Event(1)}, {stored}).change.size(), 1u);
  stored = Event(1);
  stored.time_known = false;
  EXPECT_EQ(Compare({Event(1)}, {stored}).change.size(), 1u);
  stored = Event(1);
  stored.source = "elsewhere";
  EXPECT_EQ(Compare({Event(1)}, {stored}).same, 1);
}

TEST(CompareTest, ARevisionIsNew) {
  const auto difference = Compare({Record(1, 100, 40), Record(1, 101, 70), Record(2, 5, 70)},
                                  {Record(1, 100, 40), Record(2, 6, 70)});
  EXPECT_THAT(difference.add, ElementsAre(Record(1, 101, 70)));
  EXPECT_THAT(difference.change, ElementsAre(Record(2, 5, 70)));
}

TEST(CompareTest, FindsStoredEventsThatTheSourcesNoLongerList) {
  EconomicEvent hour_unknown = Event(24);
  hour_unknown.time_known = false;
  EconomicEvent another = Event(26);
  another.name = "PPI";  // the sources may not cover it
  const auto difference =
      Compare({Event(30), Event(60)},
              {Event(23), hour_unknown, another, Event(40, 1), Event(50), Event(60), Event(72)});
  EXPECT_THAT(difference.unlisted, ElementsAre(hour_unknown, Event(50)))
      << "neither what has an actual nor other days beyond the span";
  EXPECT_THAT(difference.add, ElementsAre(Event(30)));
  EXPECT_EQ(difference.same, 1);
}

TEST(FindDifferenceTest, FindsTheStoredEventOfTheDayWhoseHourIsNowKnown) {
  FakeMacroStore store;
  EconomicEvent stored = Event(24);
  stored.time_known = false;
  store.events = {stored};
  ASSERT_OK_AND_ASSIGN(const auto difference, FindDifference({Event(36)}, store, {}));
  EXPECT_LE(store.event_queries[0].start, stored.time);
  EXPECT_THAT(difference.unlisted, ElementsAre(stored));
}

TEST(FindDifferenceTest, ReadsTheSpanOfWhatWasCollected) {
  FakeMacroStore store;
  ASSERT_OK_AND_ASSIGN(const auto difference, FindDifference({Event(5), Event(2)}, store, {}));
  EXPECT_EQ(difference.add.size(), 2u);
  ASSERT_EQ(store.event_queries.size(), 1u);
  EXPECT_EQ(store.event_queries[0].start, absl::UnixEpoch());
  EXPECT_EQ(store.event_queries[0].end, Event(24).time - absl::Milliseconds(1));
  EXPECT_THAT(store.event_queries[0].currencies, ElementsAre("USD"));
  EXPECT_OK(FindDifference(std::vector<EconomicEvent>(), store, {}));
  EXPECT_EQ(store.event_queries.size(), 1u) << "nothing collected, nothing asked";
}

TEST(DeliverTest, WritesInBatchesAndGoesOnAfterAFailure) {
  FakeMacroStore store;
  std::vector<EconomicEvent> events;
  for (int i = 0; i < 25; ++i) events.push_back(Event(i));
  store.puts_until_failure = 2;
  const auto write = [&](Delivered& delivered) {
    const auto difference = FindDifference(events, store, {});
    return Deliver(
        *difference, 10, store, [](size_t, size_t) {}, {}, delivered);
  };
  Delivered first;
  EXPECT_THAT(write(first), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("down")));
  EXPECT_EQ(first.records, 20u);
  Delivered second;
  EXPECT_OK(write(second));
  EXPECT_EQ(second.records, 5u) << "only what is missing";
  EXPECT_THAT(store.batch_sizes, ElementsAre(10, 10, 5));
  Delivered third;
  EXPECT_OK(write(third));
  EXPECT_EQ(third.records, 0u);
}

}  // namespace
}  // namespace aifx::collect
