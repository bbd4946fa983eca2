#include "core/serving/kill_switch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::serving {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::StatusIs;

const market::CurrencyPair kEuro = *market::CurrencyPair::Parse("EUR/USD");
const market::CurrencyPair kPound = *market::CurrencyPair::Parse("GBP/USD");

class KillSwitchTest : public ::testing::Test {
 protected:
  static KillSwitch Switch(KillScope scope, std::string reason = "spreads are wild") {
    return {.scope = std::move(scope),
            .reason = std::move(reason),
            .set_at = absl::FromUnixMillis(1528797600123)};
  }
  static std::string Reason(const KillSwitches& switches, const market::CurrencyPair& pair,
                            const std::string& model) {
    const auto found = switches.Find(pair, model);
    return found == nullptr ? "" : found->reason;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(KillSwitchTest, EachScopeHoldsWhatItNames) {
  KillSwitches switches(folder_ / "models", base::NullLogger());
  EXPECT_EQ(switches.Find(kEuro, "eurusd-1h"), nullptr);
  ASSERT_OK(switches.Engage(Switch({.pair = kEuro}, "pair")));
  EXPECT_EQ(Reason(switches, kEuro, "any"), "pair");
  EXPECT_EQ(Reason(switches, kPound, "any"), "");
  ASSERT_OK(switches.Engage(Switch({.model = "gbpusd-1h"}, "model")));
  EXPECT_EQ(Reason(switches, kPound, "gbpusd-1h"), "model");
  EXPECT_EQ(Reason(switches, kPound, "other"), "");
  ASSERT_OK(switches.Engage(Switch({}, "everything")));
  EXPECT_EQ(Reason(switches, kPound, "other"), "everything");
  ASSERT_OK(switches.Release({}));
  ASSERT_OK(switches.Release({.pair = kEuro}));
  EXPECT_EQ(Reason(switches, kEuro, "any"), "");
  EXPECT_EQ(Reason(switches, kEuro, "gbpusd-1h"), "model");
}

TEST_F(KillSwitchTest, EngagingAgainReplacesTheReason) {
  KillSwitches switches(folder_ / "models", base::NullLogger());
  ASSERT_OK(switches.Engage(Switch({.pair = kEuro}, "first")));
  ASSERT_OK(switches.Engage(Switch({.pair = kEuro}, "second")));
  ASSERT_THAT(switches.Engaged(), SizeIs(1));
  EXPECT_EQ(switches.Engaged()[0].reason, "second");
  ASSERT_OK(switches.Release({.pair = kPound})) << "releasing what is not engaged is harmless";
}

TEST_F(KillSwitchTest, OutlivesARestart) {
  {
    KillSwitches switches(folder_ / "models", base::NullLogger());
    ASSERT_OK(switches.Engage(Switch({.pair = kEuro})));
    ASSERT_OK(switches.Engage(Switch({.model = "gbpusd-1h"})));
    ASSERT_OK(switches.Engage(Switch({})));
    ASSERT_OK(switches.Release({}));
  }
  const KillSwitches again(folder_ / "models", base::NullLogger());
  const auto engaged = again.Engaged();
  ASSERT_THAT(engaged, SizeIs(2));
  EXPECT_EQ(engaged[0].scope, KillScope{.pair = kEuro});
  EXPECT_EQ(engaged[0].reason, "spreads are wild");
  EXPECT_EQ(engaged[0].set_at, absl::FromUnixMillis(1528797600123));
  EXPECT_EQ(engaged[1].scope, KillScope{.model = "gbpusd-1h"});
}

TEST_F(KillSwitchTest, ADamagedFileSwitchesEverythingOffUntilThatIsReleased) {
  std::filesystem::create_directory(folder_ / "models");
  for (const char* text : {"", "{", "[]", R"({"switches": [1]})", R"({"switches": [], "x": 1})",
                           R"({"switches": [{"pair": "EUR/EUR", "model": "", "reason": "",
                              "set_at": "2026-01-01T00:00:00Z"}]})"}) {
    std::ofstream(folder_ / "models/kill_switches.json", std::ios::trunc) << text;
    KillSwitches switches(folder_ / "models", base::NullLogger());
    EXPECT_THAT(Reason(switches, kPound, "any"), HasSubstr("kill_switches.json is damaged"))
        << text;
    ASSERT_OK(switches.Release({}));
    EXPECT_THAT(KillSwitches(folder_ / "models", base::NullLogger()).Engaged(), IsEmpty());
  }
}

TEST_F(KillSwitchTest, HoldsEvenWhereItCannotBeWrittenAndIsNotReleasedUnwritten) {
  KillSwitches switches(folder_ / "models", base::NullLogger());
  std::ofstream(folder_ / "models") << "a file where the folder should be";
  EXPECT_THAT(switches.Engage(Switch({.pair = kEuro}, "pair")),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("a restart would forget it")));
  EXPECT_EQ(Reason(switches, kEuro, "any"), "pair");
  EXPECT_THAT(switches.Release({.pair = kEuro}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("stays engaged")));
  EXPECT_EQ(Reason(switches, kEuro, "any"), "pair");
}

}  // namespace
}  // namespace aifx::serving
