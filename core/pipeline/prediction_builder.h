#ifndef AIFX_CORE_PIPELINE_PREDICTION_BUILDER_H_
#define AIFX_CORE_PIPELINE_PREDICTION_BUILDER_H_

#include "absl/types/span.h"
#include "core/decision/decision.h"
#include "core/features/feature_set.h"
#include "core/market/candle.h"
#include "core/market/currency_pair.h"
#include "core/model/manifest.h"
#include "core/records/prediction.h"

// The parts of a prediction that follow from the manifest and the candles alone.
namespace aifx::pipeline {

// What the decision needs, drawn from the model's rule and the newest candles. `probabilities`
// must outlive the result. REQUIRES: at least 14 candles.
decision::DecisionInput DecisionInputOf(const model::Manifest& manifest,
                                        absl::Span<const market::Candle> candles,
                                        const market::CurrencyPair& pair,
                                        absl::Span<const double> probabilities,
                                        const decision::RiskOptions& risk);

// The model's sensitivity by kind of column: each factor is the share of its kind; sentiment is
// 0.5 where the set has no macro columns.
records::Factors FactorsOf(const model::Manifest& manifest, const features::FeatureSet& set);
// The same from each column's share, which sum to 1.
records::Factors FactorsOf(absl::Span<const double> shares, const features::FeatureSet& set);

// Signal, levels, size and probabilities of the decision, into the answer.
void CopyDecision(const decision::Decision& decision, records::Prediction& prediction);

records::ModelReference ReferenceOf(const model::Manifest& manifest, const std::string& kernel,
                                    const std::string& backend_id);

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_PREDICTION_BUILDER_H_
