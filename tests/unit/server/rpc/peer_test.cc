#include "server/rpc/peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/violation.h"
#include "tests/support/status_matchers.h"

namespace aifx::rpc {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

TEST(PeerTest, KnowsCallersOfThisMachine) {
  for (const char* local :
       {"ipv4:127.0.0.1:4711", "ipv4:127.8.9.10:1", "ipv6:[::1]:4711", "ipv6:%5B::1%5D:4711",
        "ipv6:[::ffff:127.0.0.1]:1", "unix:/run/aifx.sock"}) {
    EXPECT_TRUE(IsLocalPeer(local)) << local;
  }
  for (const char* remote :
       {"ipv4:10.0.0.1:4711", "ipv4:127.evil.example:1", "ipv6:[fe80::1]:4711", "ipv6:[::10]:1",
        "ipv6:%5B2001:db8::1%5D:1", "", "127.0.0.1:1", "nonsense"}) {
    EXPECT_FALSE(IsLocalPeer(remote)) << remote;
  }
}

TEST(PeerTest, AdministratorsFromElsewhereNeedTheSetting) {
  EXPECT_OK(CheckAdmin("ipv4:127.0.0.1:1", false));
  EXPECT_OK(CheckAdmin("ipv4:10.0.0.1:1", true));
  const absl::Status refused = CheckAdmin("ipv4:10.0.0.1:1", false);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("--remote-admin")));
  EXPECT_EQ(base::ReasonOf(refused), "ADMIN_FROM_ELSEWHERE");
}

}  // namespace
}  // namespace aifx::rpc
