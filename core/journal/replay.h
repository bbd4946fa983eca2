#ifndef AIFX_CORE_JOURNAL_REPLAY_H_
#define AIFX_CORE_JOURNAL_REPLAY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/journal/entry.h"
#include "core/model/model_store.h"

namespace aifx::journal {

// What a prediction is when it is computed again.
struct ReplayResult {
  std::string
      kernel;  // what computed now; logits are comparable bit by bit where it is the entry's
  std::vector<float> window, logits;
  RecordedDecision decision;
  // What is not the same to the last bit, one line each, with the size of the difference; empty
  // where all of it is.
  std::vector<std::string> differences;
};

// Computes an entry's window, logits and decision again, with its version from the store, the
// moment, the risk options and the rules of then. The errors of LoadModel: a version that is gone
// (NotFound) or whose files changed (DataLoss); InvalidArgument for an entry that lacks candles.
absl::StatusOr<ReplayResult> Replay(const JournalEntry& entry, const model::ModelStore& store);

// The same with a model that is loaded.
absl::StatusOr<ReplayResult> ReplayWith(const JournalEntry& entry,
                                        std::shared_ptr<const model::Model> model);

}  // namespace aifx::journal

#endif  // AIFX_CORE_JOURNAL_REPLAY_H_
