#include "server/rpc/inference/model_lookup.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "server/rpc/status.h"

namespace aifx::rpc {
namespace {

constexpr size_t kShownBytes = 100;

absl::Status NoModel(const std::string& name) {
  return base::WithReason(absl::NotFoundError(absl::StrCat("model \"", Shortened(name, kShownBytes),
                                                           "\" is not in the model store")),
                          "MODEL_NOT_FOUND");
}

// Names a pair only because the registry asks for one; a model's name decides.
const market::CurrencyPair& AnyPair() {
  static const market::CurrencyPair pair = *market::CurrencyPair::Parse("EUR/USD");
  return pair;
}

bool HasModel(const serving::ModelRegistry& registry, const std::string& name) {
  for (const serving::VersionView& view : registry.List()) {
    if (view.name == name) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<int64_t> VersionFromText(const std::string& name, const std::string& version) {
  int64_t number = 0;
  if (version.empty() || (absl::SimpleAtoi(version, &number) && number > 0)) return number;
  return base::WithReason(absl::NotFoundError(absl::StrCat(
                              "model \"", Shortened(name, kShownBytes), "\" has no version \"",
                              Shortened(version, kShownBytes), "\": a version is YYYYMMDDhhmmss")),
                          "VERSION_NOT_FOUND");
}

absl::StatusOr<std::shared_ptr<const model::Model>> FindModel(
    const serving::ModelRegistry& registry, const std::string& name, const std::string& version) {
  if (name.empty()) {
    return base::InvalidArgument({{"model_name", "the model's name is missing"}});
  }
  AIFX_ASSIGN_OR_RETURN(const int64_t number, VersionFromText(name, version));
  auto served =
      registry.Acquire({.name = name, .version = number}, AnyPair(), market::Timeframe::k1Hour);
  if (served.ok()) return std::move(served->model);
  // The registry speaks of a server without any model, the protocol of the one that was named.
  if (!absl::IsNotFound(served.status()) && !HasModel(registry, name)) return NoModel(name);
  return served.status();
}

bool StoreHas(const serving::ModelRegistry& registry, const std::string& name,
              const std::string& version) {
  const auto number = VersionFromText(name, version);
  if (!number.ok()) return false;
  for (const serving::VersionView& view : registry.List()) {
    if (view.name == name && (*number == 0 || view.version == *number)) return true;
  }
  return false;
}

}  // namespace aifx::rpc
