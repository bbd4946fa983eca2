#ifndef AIFX_CLIENT_CLI_FEATURES_FEATURES_METADATA_H_
#define AIFX_CLIENT_CLI_FEATURES_FEATURES_METADATA_H_

#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/features/feature_files.h"

namespace aifx::cli {

inline constexpr char kMetadataFile[] = "metadata.json";

// What a series' metadata.json holds beside its files: docs/feature-files.md lists the keys.
// `backend_url` is where the candles are from, as in http::BaseUrl::text.
nlohmann::json FeaturesMetadata(const FeaturesPlan& plan, const SeriesKey& key,
                                const SeriesSurvey& survey, const WrittenSeries& written,
                                const std::string& backend_url);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_FEATURES_METADATA_H_
