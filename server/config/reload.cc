#include "server/config/reload.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "server/config/settings.h"

namespace aifx::config {
namespace {

// What ServerApp::Reconfigure hands on. Everything else is part of what was built at the start:
// sockets, threads, folders, connections.
constexpr const char* kLive[] = {
    "limits.max_deadline", "limits.receive_bytes",     "log.level",
    "outbox.stop_grace",   "predict.stale_after_bars", "predict.stale_candles",
    "server.drain_grace",  "server.drain_timeout",
};

constexpr char kApiKey[] = "ML_ENGINE_API_KEY";

std::string TextOf(const ParsedConfig& parsed, const Setting& setting) {
  const auto found = parsed.texts.find(setting.Names());
  return found == parsed.texts.end() ? setting.default_text : found->second;
}

// Whether both texts mean the same value; they have been checked before.
bool SameValue(const Setting& setting, const std::string& one, const std::string& other) {
  if (one == other) return true;
  if (setting.apply == nullptr || one.empty() || other.empty()) return false;
  ServerConfig left, right;
  return setting.apply(one, left).ok() && setting.apply(other, right).ok() && left == right;
}

std::string ChangeText(const Setting& setting, const std::string& from, const std::string& to) {
  if (setting.is_secret) return setting.Names();
  return absl::StrCat(setting.Names(), ": ", from, " -> ", to);
}

}  // namespace

bool ChangesLive(const std::string& key) {
  return std::find(std::begin(kLive), std::end(kLive), key) != std::end(kLive);
}

ReloadPlan PlanReload(const ParsedConfig& running, const ParsedConfig& loaded) {
  ReloadPlan plan{.next = running};
  for (const Setting& setting : AllSettings()) {
    const std::string from = TextOf(running, setting), to = TextOf(loaded, setting);
    if (SameValue(setting, from, to)) continue;
    if (!ChangesLive(setting.key)) {
      plan.needs_restart.push_back(ChangeText(setting, from, to));
    } else if (setting.apply(to, plan.next.config).ok()) {
      plan.next.texts[setting.Names()] = to;
      plan.applied.push_back(ChangeText(setting, from, to));
    }
  }
  // The file that holds the key may have another one under the same name.
  auto& restart = plan.needs_restart;
  if (running.config.backend.api_key != loaded.config.backend.api_key &&
      std::find(restart.begin(), restart.end(), kApiKey) == restart.end()) {
    restart.push_back(kApiKey);
  }
  return plan;
}

}  // namespace aifx::config
