#ifndef AIFX_CLIENT_CLI_FEATURES_FEATURES_OPTIONS_H_
#define AIFX_CLIENT_CLI_FEATURES_FEATURES_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cli/features/split.h"
#include "client/cli/training_backend.h"
#include "client/table/table_writer.h"
#include "core/features/feature_set.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"

namespace CLI {
class App;
}

namespace aifx::cli {

// The command line of `aifx features`, as text.
struct FeaturesOptions {
  std::vector<std::string> pairs;
  std::vector<std::string> timeframes = {"1h"};
  std::string set = "stationary-v1";
  std::string convention;  // empty: the set's own
  std::string from, to;    // empty: all there is
  std::string train_until = "2024-08-31";
  std::string validation_until = "2024-12-31";
  std::string out;
  std::string format = "csv";
  bool allow_bad_data = false;
  bool dry_run = false;
  bool json = false;
  BackendOptions backend;
};

// One of the series that the job works on.
struct SeriesKey {
  market::CurrencyPair pair;
  market::Timeframe timeframe = market::Timeframe::k1Hour;

  std::string Name() const;        // "EUR/USD 1h"
  std::string FolderName() const;  // "eurusd-1h"
};

// What the options ask for.
struct FeaturesPlan {
  std::vector<SeriesKey> series;
  const features::FeatureSet* set = nullptr;
  table::TableFormat format = table::TableFormat::kCsv;
  absl::Time from = absl::InfinitePast();  // rows of candles with from <= open time < to
  absl::Time to;
  absl::Time as_of;  // candles that have closed by then
  SplitPlan split;
  std::string out;  // without a slash at the end
  bool allow_bad_data = false;
};

// Declares the options.
void AddFeaturesOptions(CLI::App& command, FeaturesOptions* options);
// --set and --convention alone.
void AddSetOptions(CLI::App& command, std::string* set, std::string* convention);

// InvalidArgument naming --set and its value where there is no such set.
absl::StatusOr<const features::FeatureSet*> FindSetOption(const std::string& set,
                                                          const std::string& convention);

// What is asked for at `now`. InvalidArgument names the option and its value.
absl::StatusOr<FeaturesPlan> MakeFeaturesPlan(const FeaturesOptions& options, absl::Time now);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_FEATURES_OPTIONS_H_
