#ifndef AIFX_CORE_SERVING_SERVED_MODELS_H_
#define AIFX_CORE_SERVING_SERVED_MODELS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"
#include "core/model/model.h"

namespace aifx::serving {

// Which model a request wants.
struct ModelSelector {
  std::string name;     // empty: the model trained for the pair and timeframe
  int64_t version = 0;  // 0: the active one
};

// A model that serves, with the id under which the backend knows it.
struct ServedModel {
  std::shared_ptr<const model::Model> model;
  std::string backend_id;  // empty where its registration is pending
};

// What requests choose from at one moment: the loaded versions of every model. Immutable once it
// is filled: a change is a new object, so that requests look things up without a lock.
class ServedModels {
 public:
  // Adds a model with its loaded versions, at least one; `serving` is the version that answers
  // requests which name none, 0 where no version does.
  void Add(const std::string& name, int64_t serving, std::vector<ServedModel> versions);

  // NotFound with what is there: unknown name or version not loaded. FailedPrecondition where no
  // model serves at all, or where no name was given and not exactly one fits. Does not allocate
  // but for the answer.
  absl::StatusOr<ServedModel> Find(const ModelSelector& selector, const market::CurrencyPair& pair,
                                   market::Timeframe timeframe) const;

  // Whether any model answers requests that name no version.
  bool Serves() const;

 private:
  struct Version {
    int64_t version;
    ServedModel served;
    std::string pair, timeframe;  // what it was trained for
  };
  struct Entry {
    std::string name;
    int64_t serving;
    std::vector<Version> versions;

    const Version* Find(int64_t version) const;
  };

  static bool Fits(const Version& version, const market::CurrencyPair& pair,
                   market::Timeframe timeframe);
  absl::Status NotChosen(bool several, const market::CurrencyPair& pair,
                         market::Timeframe timeframe) const;
  absl::Status NotLoaded(const Entry& entry, int64_t version) const;
  std::string Names() const;

  std::vector<Entry> entries_;
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_SERVED_MODELS_H_
