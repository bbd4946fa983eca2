#include "server/config/limit_settings.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/config/appliers.h"

namespace aifx::config {
namespace {

void AddLimit(std::vector<Setting>& all, const std::string& name, const std::string& default_text,
              const std::string& help, Apply apply) {
  std::string flag = absl::StrCat("--", name), env = absl::StrCat("AIFX_", name);
  std::string key = absl::StrCat("limits.", name);
  for (char& c : flag) c = c == '_' ? '-' : c;
  for (char& c : env) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  all.push_back({flag, env, key, default_text, help, false, false, std::move(apply)});
}

}  // namespace

void AddLimits(std::vector<Setting>& all) {
  const auto second = absl::Seconds(1), day = absl::Hours(24);
  const int64_t mib = 1 << 20;
  AddLimit(all, "max_deadline", "30s",
           "longest a call may take, and what one without a deadline gets",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.max_deadline; },
                absl::Milliseconds(1), absl::Hours(1)));
  AddLimit(all, "receive_bytes", "4194304", "largest request",
           Integer<int64_t>([](ServerConfig& c) -> int64_t& { return c.limits.receive_bytes; },
                            1024, 256 * mib));
  AddLimit(
      all, "batch_receive_bytes", "16777216", "largest BatchPredict request",
      Integer<int64_t>([](ServerConfig& c) -> int64_t& { return c.limits.batch_receive_bytes; },
                       1024, 256 * mib));
  AddLimit(all, "metadata_bytes", "8192", "largest metadata of a request",
           Integer<int64_t>([](ServerConfig& c) -> int64_t& { return c.limits.metadata_bytes; },
                            1024, mib));
  AddLimit(all, "streams_per_connection", "128", "calls at once on one connection",
           Integer<int>([](ServerConfig& c) -> int& { return c.limits.streams_per_connection; }, 1,
                        100000));
  AddLimit(
      all, "max_connections", "1024", "connections open at once; more are closed as they come",
      Integer<int>([](ServerConfig& c) -> int& { return c.limits.max_connections; }, 1, 100000));
  AddLimit(all, "handshake_timeout", "5s", "time for a connection's handshake",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.handshake_timeout; },
                absl::Milliseconds(100), absl::Minutes(5)));
  AddLimit(all, "connection_idle", "5m", "an idle connection is closed after",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.connection_idle; }, second,
                day));
  AddLimit(all, "connection_age", "30m", "a connection is renewed after",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.connection_age; }, second,
                day));
  AddLimit(all, "connection_age_grace", "30s", "its calls may go on for",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.connection_age_grace; },
                absl::ZeroDuration(), day));
  AddLimit(all, "keepalive_time", "60s", "a silent connection is pinged after",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.keepalive_time; }, second,
                day));
  AddLimit(all, "keepalive_timeout", "10s", "and closed without an answer after",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.keepalive_timeout; },
                second, absl::Hours(1)));
  AddLimit(all, "min_ping_interval", "10s", "callers that ping more often are cut off",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.min_ping_interval; },
                absl::Milliseconds(100), absl::Hours(1)));
}

}  // namespace aifx::config
