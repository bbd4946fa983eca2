#include "core/serving/kill_switch.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/model/strict_json.h"

namespace aifx::serving {
namespace {

using nlohmann::json;

constexpr char kFile[] = "kill_switches.json";
constexpr size_t kMaxFileBytes = 1 << 20;

std::string ScopeText(const KillScope& scope) {
  if (scope.pair.has_value()) return absl::StrCat("pair ", scope.pair->ToString());
  return scope.model.empty() ? "everything" : absl::StrCat("model ", scope.model);
}

json ToJson(const KillSwitch& engaged) {
  return {{"pair", engaged.scope.pair.has_value() ? engaged.scope.pair->ToString() : ""},
          {"model", engaged.scope.model},
          {"reason", engaged.reason},
          {"set_at", absl::FormatTime(absl::RFC3339_full, engaged.set_at, absl::UTCTimeZone())}};
}

absl::StatusOr<KillSwitch> FromJson(const json& value) {
  if (!value.is_object()) return absl::InvalidArgumentError("a switch is not an object");
  model::StrictObject object(value, kFile);
  KillSwitch engaged;
  const std::string pair = object.String("pair");
  engaged.scope.model = object.String("model");
  engaged.reason = object.String("reason");
  engaged.set_at = object.Time("set_at");
  AIFX_RETURN_IF_ERROR(object.Finish());
  if (!pair.empty()) {
    AIFX_ASSIGN_OR_RETURN(engaged.scope.pair, market::CurrencyPair::Parse(pair));
  }
  return engaged;
}

absl::StatusOr<std::vector<KillSwitch>> Read(const std::string& path) {
  const absl::StatusOr<std::string> text = base::ReadFile(path, kMaxFileBytes);
  if (absl::IsNotFound(text.status())) return std::vector<KillSwitch>();
  AIFX_RETURN_IF_ERROR(text.status());
  AIFX_ASSIGN_OR_RETURN(const json parsed, model::ParseJson(*text, kFile));
  if (!parsed.is_object()) return absl::InvalidArgumentError("it is not an object");
  model::StrictObject object(parsed, kFile);
  const json& switches = object.Array("switches");
  AIFX_RETURN_IF_ERROR(object.Finish());
  std::vector<KillSwitch> engaged;
  for (const json& value : switches) {
    AIFX_ASSIGN_OR_RETURN(KillSwitch one, FromJson(value));
    engaged.push_back(std::move(one));
  }
  return engaged;
}

absl::Status NotWritten(absl::string_view what) {
  return base::WithReason(absl::InternalError(what), "KILL_SWITCH_NOT_WRITTEN");
}

void Remove(std::vector<std::shared_ptr<const KillSwitch>>& engaged, const KillScope& scope) {
  std::erase_if(engaged, [&](const auto& each) { return each->scope == scope; });
}

}  // namespace

KillSwitches::KillSwitches(std::string folder, base::Logger& logger)
    : folder_(std::move(folder)), logger_(logger) {
  absl::StatusOr<std::vector<KillSwitch>> read = Read(absl::StrCat(folder_, "/", kFile));
  if (!read.ok()) {
    logger_.Error("cannot read the kill switches: everything is switched off",
                  {{"error", std::string(read.status().message())}});
    read = std::vector<KillSwitch>{
        {.scope = {},
         .reason = absl::StrCat(kFile, " is damaged: release the switch over everything to go on"),
         .set_at = absl::Now()}};
  }
  List engaged;
  for (KillSwitch& one : *read) {
    logger_.Warning("kill switch is engaged",
                    {{"scope", ScopeText(one.scope)}, {"reason", one.reason}});
    engaged.push_back(std::make_shared<const KillSwitch>(std::move(one)));
  }
  base::MutexLock lock(mutex_);
  engaged_ = std::move(engaged);
  any_.store(!engaged_.empty(), std::memory_order_release);
}

absl::Status KillSwitches::Engage(KillSwitch engaged) {
  logger_.Warning("kill switch engaged",
                  {{"scope", ScopeText(engaged.scope)}, {"reason", engaged.reason}});
  const auto added = std::make_shared<const KillSwitch>(std::move(engaged));
  {
    // Before it is written, and without waiting for who writes: neither a full disk nor one that
    // hangs may keep a switch from working.
    base::MutexLock lock(mutex_);
    Remove(engaged_, added->scope);
    engaged_.push_back(added);
    any_.store(true, std::memory_order_release);
  }
  base::MutexLock write_lock(write_mutex_);
  const absl::Status written = Write(Snapshot());
  if (written.ok()) return written;
  logger_.Error("cannot write the kill switches", {{"error", std::string(written.message())}});
  return NotWritten(
      "the kill switch holds, but could not be written down: a restart would forget it");
}

absl::Status KillSwitches::Release(const KillScope& scope) {
  base::MutexLock write_lock(write_mutex_);
  const List before = Snapshot();
  List after = before;
  Remove(after, scope);
  if (const absl::Status written = Write(after); !written.ok()) {
    logger_.Error("cannot write the kill switches", {{"error", std::string(written.message())}});
    return NotWritten("the kill switch stays engaged: its end could not be written down");
  }
  {
    base::MutexLock lock(mutex_);
    // Only what was engaged before: a switch that came meanwhile holds, and its caller writes it.
    std::erase_if(engaged_, [&](const auto& each) {
      return each->scope == scope && absl::c_linear_search(before, each);
    });
    any_.store(!engaged_.empty(), std::memory_order_release);
  }
  logger_.Warning("kill switch released", {{"scope", ScopeText(scope)}});
  return absl::OkStatus();
}

KillSwitches::List KillSwitches::Snapshot() const {
  base::MutexLock lock(mutex_);
  return engaged_;
}

std::vector<KillSwitch> KillSwitches::Engaged() const {
  base::MutexLock lock(mutex_);
  std::vector<KillSwitch> engaged;
  for (const auto& each : engaged_) engaged.push_back(*each);
  return engaged;
}

std::shared_ptr<const KillSwitch> KillSwitches::Find(const market::CurrencyPair& pair,
                                                     const std::string& model) const {
  if (!any_.load(std::memory_order_acquire)) return nullptr;
  base::MutexLock lock(mutex_);
  for (const auto& each : engaged_) {
    const KillScope& scope = each->scope;
    const bool holds =
        scope.pair.has_value() ? *scope.pair == pair : scope.model.empty() || scope.model == model;
    if (holds) return each;
  }
  return nullptr;
}

absl::Status KillSwitches::Write(const List& engaged) const {
  json switches = json::array();
  for (const auto& each : engaged) switches.push_back(ToJson(*each));
  std::error_code error;
  std::filesystem::create_directories(folder_, error);  // the file's error says what is wrong
  return base::WriteFileAtomically(absl::StrCat(folder_, "/", kFile),
                                   model::DumpJson({{"switches", switches}}) + "\n");
}

}  // namespace aifx::serving
