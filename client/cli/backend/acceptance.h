#ifndef AIFX_CLIENT_CLI_BACKEND_ACCEPTANCE_H_
#define AIFX_CLIENT_CLI_BACKEND_ACCEPTANCE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/backend/backend_client.h"
#include "client/cli/backend/process_view.h"
#include "core/base/clock.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"

namespace aifx::cli {

enum class Verdict { kNotRun, kPassed, kFailed };

// One of the 14 checks.
struct CheckResult {
  std::string name;        // "submit prediction"
  std::string route = {};  // "POST /predictions"; empty: no call of its own
  Verdict verdict = Verdict::kNotRun;
  absl::Duration elapsed = absl::ZeroDuration();
  std::string detail = {};      // what was seen, or what is wrong
  std::string request_id = {};  // sent as x-request-id
};

// Something that newer deployments have.
struct OptionalFeature {
  std::string name;
  std::string route = {};            // empty: a field
  std::optional<bool> present = {};  // absent: could not be told
  std::string detail = {};           // why not, or what does not work without it
};

// Durations of the calls of one route.
struct RouteTimes {
  std::string route;
  std::vector<absl::Duration> times = {};  // of those that succeeded
  int failures = 0;
};

struct AcceptanceReport {
  std::string url;
  bool answered = true;             // false: not even the first check got an answer
  std::vector<CheckResult> checks;  // always 14, in order
  std::vector<OptionalFeature> optional_features;
  std::vector<std::string> created;  // what the run left in the backend, a sentence each
  std::vector<RouteTimes> times;     // with repeat > 0

  int PassedCount() const;
  bool AllPassed() const { return PassedCount() == static_cast<int>(checks.size()); }
};

struct AcceptanceOptions {
  std::string url;
  int port = 0;               // the origin's
  market::CurrencyPair pair;  // whose candles are read
  market::Timeframe timeframe = market::Timeframe::k1Hour;
  absl::Duration call_timeout = absl::Seconds(10);
  int repeat = 0;  // further calls of each route, for their response times
};

struct AcceptanceDependencies {
  backend::BackendClient& client;
  backend::BackendClient& stranger;  // the same backend with a key that is wrong
  ProcessView& process;
  base::Clock& clock;
  std::function<std::string()> new_uuid;
  std::function<void(const std::string& what)> progress;  // told what is being done
};

// The acceptance run against any deployment. What it writes is marked as its own: a model version,
// which it retires in the end, a training log, and a HOLD prediction of confidence 0.01 that ends
// at break even. A check that needs what an earlier one could not make is not run.
AcceptanceReport RunAcceptance(const AcceptanceOptions& options,
                               const AcceptanceDependencies& dependencies);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_BACKEND_ACCEPTANCE_H_
