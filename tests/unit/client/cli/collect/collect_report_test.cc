#include "client/cli/collect/collect_report.h"

#include <gmock/gmock.h>

namespace aifx::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

collect::Difference<macro::EconomicEvent> Moved() {
  macro::EconomicEvent event;
  event.time = absl::FromUnixSeconds(1743552000);  // 2025-04-02
  event.time_known = false;
  event.currency = "USD";
  event.name = "ADP";
  collect::Difference<macro::EconomicEvent> difference;
  difference.unlisted.push_back(event);
  return difference;
}

TEST(CollectReportTest, NamesStoredEventsThatTheSourcesNoLongerList) {
  CollectReport report{.job = "collect calendar", .facts = {}, .dry_run = true, .delivered = {}};
  EXPECT_THAT(CollectText(report, Moved(), false),
              AllOf(HasSubstr("ADP"), HasSubstr("? "), HasSubstr("no longer listed")));
  const nlohmann::json json = CollectJson(report, Moved());
  EXPECT_EQ(json["no_longer_listed"], 1);
  EXPECT_EQ(json["unlisted"][0]["eventName"], "ADP");
  EXPECT_THAT(UnlistedWarnings(Moved()),
              ElementsAre(AllOf(HasSubstr("USD ADP at 2025-04-02"), HasSubstr("counts twice"))));
  EXPECT_THAT(CollectText(report, collect::Difference<macro::EconomicEvent>(), false),
              Not(HasSubstr("no longer listed")));
}

}  // namespace
}  // namespace aifx::cli
