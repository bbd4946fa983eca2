// The pacer against servers that enforce what they report: no call may run into the limit, and the
// limit must be used.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <random>

#include "absl/strings/str_cat.h"
#include "client/http/origin_client.h"
#include "core/base/log.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_client.h"
#include "tests/support/status_matchers.h"

namespace aifx::http {
namespace {

using HeadersOf = Headers (*)(int64_t limit, int64_t remaining, int64_t reset_s, absl::Time now);

Headers Three(int64_t limit, int64_t remaining, int64_t reset_s, absl::Time) {
  return {{"RateLimit-Limit", absl::StrCat(limit)},
          {"RateLimit-Remaining", absl::StrCat(remaining)},
          {"RateLimit-Reset", absl::StrCat(reset_s)}};
}
Headers Members(int64_t limit, int64_t remaining, int64_t reset_s, absl::Time) {
  return {
      {"RateLimit", absl::StrCat("limit=", limit, ", remaining=", remaining, ", reset=", reset_s)}};
}
Headers Policy(int64_t limit, int64_t remaining, int64_t reset_s, absl::Time) {
  return {{"RateLimit-Policy", absl::StrCat("\"p\";q=", limit)},
          {"RateLimit", absl::StrCat("\"p\";r=", remaining, ";t=", reset_s)}};
}
Headers PolicyWithoutLimit(int64_t, int64_t remaining, int64_t reset_s, absl::Time) {
  return {{"RateLimit", absl::StrCat("\"p\";r=", remaining, ";t=", reset_s)}};
}
Headers UnixTime(int64_t limit, int64_t remaining, int64_t reset_s, absl::Time now) {
  return {{"X-RateLimit-Limit", absl::StrCat(limit)},
          {"X-RateLimit-Remaining", absl::StrCat(remaining)},
          {"X-RateLimit-Reset", absl::StrCat(absl::ToUnixSeconds(now) + reset_s)}};
}

// Fixed windows, as the usual middleware has them.
class LimitedServer {
 public:
  LimitedServer(testing::FakeClock& clock, int64_t limit, absl::Duration window, HeadersOf headers)
      : clock_(clock), limit_(limit), window_(window), headers_(headers) {}

  HttpResponse Answer() {
    clock_.Advance(absl::Milliseconds(7));
    Take();
    const bool refused = used_ > limit_;
    if (refused) ++refusals_;
    const int64_t reset_s =
        absl::ToInt64Seconds(absl::Ceil(ends_ - clock_.Now(), absl::Seconds(1)));
    return {
        .status = refused ? 429 : 200,
        .headers = headers_(limit_, std::max<int64_t>(limit_ - used_, 0), reset_s, clock_.Now())};
  }
  // A call of somebody else behind the same address.
  void Take() {
    if (clock_.Now() >= ends_) {
      ends_ = clock_.Now() + window_;
      used_ = 0;
      ++windows_;
    }
    ++used_;
  }
  int refusals() const { return refusals_; }
  int windows() const { return windows_; }

 private:
  testing::FakeClock& clock_;
  const int64_t limit_;
  const absl::Duration window_;
  const HeadersOf headers_;
  absl::Time ends_ = absl::InfinitePast();
  int64_t used_ = 0;
  int refusals_ = 0;
  int windows_ = 0;
};

struct Simulation {
  const char* name;
  HeadersOf headers;
  int64_t limit;
  absl::Duration window;
  Priority priority;
};

void PrintTo(const Simulation& simulation, std::ostream* out) { *out << simulation.name; }

class PacingSimulationTest : public ::testing::TestWithParam<Simulation> {
 protected:
  // How long `calls` calls take.
  absl::Duration Run(int calls) {
    const absl::Time start = clock_.Now();
    for (int i = 0; i < calls; ++i) {
      EXPECT_OK(
          client_.Send({.method = "GET", .url = "http://h/", .priority = GetParam().priority}, {}));
    }
    return clock_.Now() - start;
  }

  testing::FakeClock clock_;
  LimitedServer server_{clock_, GetParam().limit, GetParam().window, GetParam().headers};
  testing::FakeHttpClient transport_{[this](const HttpRequest&) { return server_.Answer(); }};
  OriginClient client_{ParseBaseUrl("http://h").value(),
                       {.longest_interactive_wait = absl::Hours(1)},
                       {transport_, clock_, base::NullLogger(), [] { return 0.5; }}};
};

TEST_P(PacingSimulationTest, NeverRunsIntoTheLimitAndUsesIt) {
  const Simulation& simulation = GetParam();
  const int64_t kept =
      simulation.priority == Priority::kBackground ? (simulation.limit + 4) / 5 : 0;
  const int64_t usable = simulation.limit - kept;
  const absl::Duration took = Run(static_cast<int>(10 * usable));
  EXPECT_EQ(server_.refusals(), 0);
  // Nine waits, each up to a second longer than needed: resets are whole seconds.
  EXPECT_GE(took, 9 * simulation.window);
  EXPECT_LE(took, 9 * (simulation.window + absl::Seconds(1)) + absl::Seconds(10));
}

// What others take between two replies cannot be known; the refusal that it may cost ends the
// window for us.
TEST_P(PacingSimulationTest, OthersCostAtMostOneRefusalAWindow) {
  std::mt19937 random(20180612);
  for (int i = 0; i < 500; ++i) {
    if (random() % 4 == 0) server_.Take();
    Run(1);
  }
  EXPECT_LE(server_.refusals(), server_.windows());
  if (GetParam().priority == Priority::kBackground) {
    EXPECT_EQ(server_.refusals(), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, PacingSimulationTest,
    ::testing::Values(
        Simulation{"Three", Three, 100, absl::Minutes(15), Priority::kInteractive},
        Simulation{"Members", Members, 1000, absl::Minutes(1), Priority::kInteractive},
        Simulation{"Policy", Policy, 100, absl::Minutes(15), Priority::kBackground},
        Simulation{"PolicyWithoutLimit", PolicyWithoutLimit, 60, absl::Minutes(1),
                   Priority::kInteractive},
        Simulation{"UnixTime", UnixTime, 100, absl::Minutes(1), Priority::kBackground},
        Simulation{"Short", Members, 5, absl::Seconds(1), Priority::kInteractive}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace aifx::http
