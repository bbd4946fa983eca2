#include "core/serving/served_models.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/violation.h"

namespace aifx::serving {
namespace {

absl::Status NoModel() {
  return base::WithReason(
      absl::FailedPreconditionError(
          "no model serves yet: train one with `aifx train weekly`, or see the reason that "
          "ListModels gives for each version"),
      "NO_MODEL_READY");
}

}  // namespace

void ServedModels::Add(const std::string& name, int64_t serving,
                       std::vector<ServedModel> versions) {
  Entry entry{.name = name, .serving = serving, .versions = {}};
  for (ServedModel& served : versions) {
    const model::Manifest& manifest = served.model->manifest();
    entry.versions.push_back({.version = manifest.version,
                              .served = std::move(served),
                              .pair = manifest.pair,
                              .timeframe = manifest.timeframe});
  }
  entries_.push_back(std::move(entry));
}

const ServedModels::Version* ServedModels::Entry::Find(int64_t version) const {
  for (const Version& each : versions) {
    if (each.version == version) return &each;
  }
  return nullptr;
}

bool ServedModels::Fits(const Version& version, const market::CurrencyPair& pair,
                        market::Timeframe timeframe) {
  const absl::string_view text = version.pair;  // "EUR/USD"
  return text.size() == pair.base().size() + 1 + pair.quote().size() &&
         absl::StartsWith(text, pair.base()) && absl::EndsWith(text, pair.quote()) &&
         version.timeframe == market::TimeframeName(timeframe);
}

absl::StatusOr<ServedModel> ServedModels::Find(const ModelSelector& selector,
                                               const market::CurrencyPair& pair,
                                               market::Timeframe timeframe) const {
  if (!Serves() && (entries_.empty() || (selector.name.empty() && selector.version == 0))) {
    return NoModel();
  }
  const Entry* chosen = nullptr;
  int matches = 0;
  for (const Entry& entry : entries_) {
    if (!selector.name.empty()) {
      if (entry.name == selector.name) chosen = &entry;
      continue;
    }
    const Version* wanted = entry.Find(
        selector.version != 0 && entry.Find(selector.version) != nullptr ? selector.version
                                                                         : entry.serving);
    if (wanted == nullptr || !Fits(*wanted, pair, timeframe)) continue;
    chosen = &entry;
    ++matches;
  }
  if (matches > 1 || (chosen == nullptr && selector.name.empty())) {
    return NotChosen(matches > 1, pair, timeframe);
  }
  if (chosen == nullptr) {
    return base::WithReason(
        absl::NotFoundError(absl::StrCat("model_name \"", selector.name, "\" does not serve; ",
                                         Names(), entries_.size() == 1 ? " does" : " do")),
        "MODEL_NOT_FOUND");
  }
  const int64_t version = selector.version != 0 ? selector.version : chosen->serving;
  const Version* found = chosen->Find(version);
  return found != nullptr ? absl::StatusOr<ServedModel>(found->served)
                          : NotLoaded(*chosen, version);
}

bool ServedModels::Serves() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return entry.serving != 0; });
}

absl::Status ServedModels::NotChosen(bool several, const market::CurrencyPair& pair,
                                     market::Timeframe timeframe) const {
  return base::WithReason(
      absl::FailedPreconditionError(absl::StrCat(
          several ? "several models are" : "no model is", " trained for ", pair.ToString(), " ",
          market::TimeframeName(timeframe), ": name one of ", Names())),
      "MODEL_NOT_CHOSEN");
}

absl::Status ServedModels::NotLoaded(const Entry& entry, int64_t version) const {
  if (version == 0) {
    return base::WithReason(
        absl::FailedPreconditionError(absl::StrCat("model \"", entry.name,
                                                   "\" has no active version: name a version, or "
                                                   "`aifx models activate` one")),
        "NO_ACTIVE_VERSION");
  }
  std::vector<int64_t> others;
  for (const Version& each : entry.versions) {
    if (each.version != entry.serving) others.push_back(each.version);
  }
  std::string message = absl::StrCat("model_version ", version, " is not loaded");
  if (entry.serving != 0) {
    absl::StrAppend(&message, "; the one that serves is ", entry.serving);
  }
  if (!others.empty()) absl::StrAppend(&message, "; also loaded: ", absl::StrJoin(others, ", "));
  return base::WithReason(absl::NotFoundError(message), "VERSION_NOT_FOUND");
}

std::string ServedModels::Names() const {
  const auto name = [](std::string* out, const Entry& entry) { out->append(entry.name); };
  return absl::StrJoin(entries_, ", ", name);
}

}  // namespace aifx::serving
