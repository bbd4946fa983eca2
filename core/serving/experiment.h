#ifndef AIFX_CORE_SERVING_EXPERIMENT_H_
#define AIFX_CORE_SERVING_EXPERIMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/violation.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"

namespace aifx::serving {

// How an experiment divides predictions, in the order of the contract.
enum class ExperimentKind {
  kAb,      // each version answers its share
  kShadow,  // the candidate computes too, the champion answers
  kCanary   // as kAb, and ends by itself when the candidate does worse
};

absl::string_view ExperimentKindName(ExperimentKind kind);  // "ab", "shadow", "canary"

// Two versions of one model side by side.
struct Experiment {
  std::string name;  // [a-z0-9][a-z0-9._-]{0,63}
  ExperimentKind kind = ExperimentKind::kAb;
  std::string model;
  int64_t champion = 0;          // the version that is active
  int64_t candidate = 0;         // the version that is tried
  double candidate_percent = 0;  // share of the units that go to the candidate, 0..100
  absl::Time started_at;
  std::optional<absl::Time> ended_at;  // absent: it runs
  std::string end_reason;              // for people; empty while it runs
  bool loaded_candidate = false;       // its start loaded the candidate, its end lets go of it
  std::string backend_id;              // of its copy in the backend; empty: it has none
  bool operator==(const Experiment&) const = default;
};

// What is wrong with the fields that a caller chooses, with the contract's field names.
std::vector<base::FieldViolation> CheckExperiment(const Experiment& experiment);

// The same for one that is to start, of which more is asked: a share of what is answered that
// leaves the champion something to be compared with.
std::vector<base::FieldViolation> CheckNewExperiment(const Experiment& experiment);

// What is assigned as a whole: the newest candle that a prediction sees. Everybody who asks for the
// same candle of a series gets the same version.
struct ExperimentUnit {
  market::CurrencyPair pair;
  market::Timeframe timeframe;
  absl::Time as_of;  // the candle's close
};

// Where the unit stands in [0, 100): the first 52 bits of the SHA-256 of the experiment's name, the
// pair, the timeframe and the close in Unix seconds, with a line feed between each, as a share of
// 2^52. Fixed for all time: processes and releases agree. A unit goes to the candidate where this
// is below candidate_percent, so that raising the share moves no unit back.
double AssignmentPoint(absl::string_view experiment, const ExperimentUnit& unit);

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_EXPERIMENT_H_
