#include "server/config/reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "server/config/settings.h"

namespace aifx::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ParsedConfig Parse(const std::string& file, const std::string& key = "") {
  ConfigSources sources;
  sources.arguments = {"--config", "aifx.toml"};
  sources.environment = [&](const std::string& name) -> std::optional<std::string> {
    if (name == "ML_ENGINE_API_KEY" && !key.empty()) return key;
    return std::nullopt;
  };
  sources.read_file = [&](const std::string& path) -> absl::StatusOr<std::string> {
    return path == "aifx.toml" ? file : "the-key\n";
  };
  auto parsed = ParseServerConfig(sources, "");
  EXPECT_TRUE(parsed.ok()) << ConfigErrorText(parsed.status());
  return parsed.ok() ? *parsed : ParsedConfig();
}

TEST(PlanReloadTest, NothingChanged) {
  const ReloadPlan plan = PlanReload(Parse("[server]\ndrain_grace=\"1s\"\n"),
                                     Parse("[server]\ndrain_grace=\"1000ms\"\n"));
  EXPECT_THAT(plan.applied, IsEmpty());
  EXPECT_THAT(plan.needs_restart, IsEmpty());
}

TEST(PlanReloadTest, WhatChangesLiveIsTakenOver) {
  const ReloadPlan plan = PlanReload(Parse(""), Parse(R"([log]
level="debug"
[predict]
stale_candles="warn"
stale_after_bars=7
[limits]
max_deadline="2s"
receive_bytes=2048
[server]
drain_grace="3s"
drain_timeout="4s"
[outbox]
stop_grace="6s"
)"));
  EXPECT_THAT(plan.needs_restart, IsEmpty());
  EXPECT_EQ(plan.applied.size(), 8u);
  ServerConfig want;
  want.log.level = base::LogLevel::kDebug;
  want.predict.stale_candles = StaleCandles::kWarn;
  want.predict.stale_after_bars = 7;
  want.limits.max_deadline = absl::Seconds(2);
  want.limits.receive_bytes = 2048;
  want.listen.drain_grace = absl::Seconds(3);
  want.listen.drain_timeout = absl::Seconds(4);
  want.outbox.stop_grace = absl::Seconds(6);
  EXPECT_EQ(plan.next.config, want);
}

TEST(PlanReloadTest, TheRestKeepsItsValueAndIsNamedUntilTheRestart) {
  const ParsedConfig running = Parse("");
  const ParsedConfig loaded = Parse("[server]\nlisten=\"127.0.0.1:7\"\n[log]\nlevel=\"error\"\n");
  ReloadPlan plan = PlanReload(running, loaded);
  EXPECT_THAT(plan.needs_restart, ElementsAre("--listen / AIFX_LISTEN / server.listen: "
                                              "127.0.0.1:50051 -> 127.0.0.1:7"));
  EXPECT_THAT(plan.applied, ElementsAre("--log-level / AIFX_LOG_LEVEL / log.level: info -> error"));
  EXPECT_EQ(plan.next.config.listen.port, 50051);
  plan = PlanReload(plan.next, loaded);
  EXPECT_EQ(plan.needs_restart.size(), 1u);
  EXPECT_THAT(plan.applied, IsEmpty());
  plan = PlanReload(plan.next, running);  // back to what it was
  EXPECT_THAT(plan.needs_restart, IsEmpty());
  EXPECT_EQ(plan.next.config, running.config);
}

TEST(PlanReloadTest, SecretsAreNamedWithoutTheirValues) {
  EXPECT_THAT(PlanReload(Parse("", "old-secret"), Parse("", "new-secret")).needs_restart,
              ElementsAre("ML_ENGINE_API_KEY"));
  const ParsedConfig in_file = Parse("[backend]\napi_key_file=\"key\"\n");
  ParsedConfig other_key = in_file;
  other_key.config.backend.api_key = "another";
  EXPECT_THAT(PlanReload(in_file, other_key).needs_restart, ElementsAre("ML_ENGINE_API_KEY"));
}

TEST(ChangesLiveTest, KnowsTheKeysOfSettings) {
  const auto live = std::count_if(AllSettings().begin(), AllSettings().end(),
                                  [](const Setting& s) { return ChangesLive(s.key); });
  EXPECT_EQ(live, 8);
  EXPECT_FALSE(ChangesLive("server.listen"));
  EXPECT_FALSE(ChangesLive(""));
}

}  // namespace
}  // namespace aifx::config
