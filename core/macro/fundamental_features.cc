#include "core/macro/fundamental_features.h"

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "core/base/status_macros.h"
#include "core/macro/country.h"
#include "core/macro/fundamental_columns.h"
#include "core/macro/time_counter.h"

namespace aifx::macro {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

absl::Time StartOfDay(absl::Time time) {
  return absl::FromCivil(absl::ToCivilDay(time, absl::UTCTimeZone()), absl::UTCTimeZone());
}

absl::Status CheckRecord(const FundamentalRecord& record, size_t index) {
  const auto wrong = [&](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat("fundamentals[", index, "] (", record.country,
                                                   " ", record.indicator, "): ", what));
  };
  if (!std::isfinite(record.value)) return wrong(absl::StrCat("value is ", record.value));
  if (record.date != StartOfDay(record.date)) {
    return wrong(absl::StrCat("date ", absl::FormatTime(record.date, absl::UTCTimeZone()),
                              " is not the start of a day"));
  }
  return absl::OkStatus();
}

ReleaseHistory History(const std::vector<FundamentalRecord>& records, absl::string_view country,
                       absl::string_view indicator) {
  std::vector<FundamentalRecord> chosen;
  for (const FundamentalRecord& record : records) {
    if (record.country == country && record.indicator == indicator) chosen.push_back(record);
  }
  return ReleaseHistory(std::move(chosen));
}

// Reads a step function at moments that grow.
class Reader {
 public:
  explicit Reader(const KnownSeries& series) : series_(series), counter_(series.times) {}

  double At(absl::Time t) {
    const size_t known = counter_.UpTo(t);
    return known == 0 ? kNaN : series_.values[known - 1];
  }

 private:
  const KnownSeries& series_;
  TimeCounter counter_;
};

}  // namespace

absl::StatusOr<FundamentalFeatures> FundamentalFeatures::Create(
    const market::CurrencyPair& pair, const std::vector<FundamentalRecord>& records) {
  for (size_t i = 0; i < records.size(); ++i) {
    AIFX_RETURN_IF_ERROR(CheckRecord(records[i], i));
  }
  const std::string base = CountryOf(pair.base());
  const std::string quote = CountryOf(pair.quote());
  FundamentalFeatures features;
  features.base_rate_ = History(records, base, "interest_rate").Newest();
  features.quote_rate_ = History(records, quote, "interest_rate").Newest();
  features.base_gdp_ = History(records, base, "gdp").YearOnYear();
  features.quote_gdp_ = History(records, quote, "gdp").YearOnYear();
  features.base_prices_ = History(records, base, "cpi").YearOnYear();
  features.quote_prices_ = History(records, quote, "cpi").YearOnYear();
  return features;
}

features::FeatureMatrix FundamentalFeatures::At(absl::Span<const absl::Time> times) const {
  Reader base_rate(base_rate_), quote_rate(quote_rate_);
  Reader base_gdp(base_gdp_), quote_gdp(quote_gdp_);
  Reader base_prices(base_prices_), quote_prices(quote_prices_);
  features::FeatureMatrix matrix;
  matrix.rows = times.size();
  matrix.columns = kFundamentalColumnCount;
  matrix.values.resize(matrix.rows * matrix.columns);
  double* row = matrix.values.data();
  for (const absl::Time t : times) {
    // NaN on either side makes the difference NaN.
    row[kInterestRateDiff] = base_rate.At(t) - quote_rate.At(t);
    row[kGdpGrowthBaseYoy] = base_gdp.At(t);
    row[kGdpGrowthQuoteYoy] = quote_gdp.At(t);
    row[kInflationDiff] = base_prices.At(t) - quote_prices.At(t);
    for (size_t c = 0; c < kFirstMask; ++c) row[kFirstMask + c] = std::isnan(row[c]) ? 0 : 1;
    row += matrix.columns;
  }
  return matrix;
}

}  // namespace aifx::macro
