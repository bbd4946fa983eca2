#ifndef AIFX_CORE_MACRO_FUNDAMENTAL_FEATURES_H_
#define AIFX_CORE_MACRO_FUNDAMENTAL_FEATURES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"
#include "core/macro/column_set.h"
#include "core/macro/known_series.h"
#include "core/macro/macro_record.h"
#include "core/market/currency_pair.h"

namespace aifx::macro {

// The columns of FundamentalColumns() for one pair, as of any time: a row uses only what had been
// released by then (KnownFrom), in the vintage known then, carried forward. NaN with mask 0 before
// the first release, and where a country has no data. Base and quote follow the pair as written: of
// EUR/USD, the euro area is the base. Immutable and thread-safe.
class FundamentalFeatures {
 public:
  // Records of other countries and indicators are ignored; order does not matter. InvalidArgument
  // naming the record's index where a value is not finite or a date has a time of day.
  static absl::StatusOr<FundamentalFeatures> Create(const market::CurrencyPair& pair,
                                                    const std::vector<FundamentalRecord>& records);

  // One row a time, in the order given. Ascending times cost one pass over the releases in all.
  features::FeatureMatrix At(absl::Span<const absl::Time> times) const;

 private:
  FundamentalFeatures() = default;

  KnownSeries base_rate_, quote_rate_;      // percent
  KnownSeries base_gdp_, quote_gdp_;        // year on year, percent
  KnownSeries base_prices_, quote_prices_;  // likewise
};

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_FUNDAMENTAL_FEATURES_H_
