#ifndef AIFX_CORE_DATASET_DATASET_JSON_H_
#define AIFX_CORE_DATASET_DATASET_JSON_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/dataset/dataset.h"
#include "core/dataset/dataset_files.h"
#include "core/market/series_quality.h"

namespace aifx::dataset {

// Where a data set's inputs came from, for its metadata. No secret, and no machine's path.
struct Provenance {
  // Such as "backend" or "eurusd_1h.csv", of context "GBP/USD=gbpusd_1h.csv, ..."; empty: none.
  std::string candles, context, fundamentals, events;
  std::string engine;  // name and version of the program
  absl::Time made_at;
};

// The parts of scalers.json: for technical, fundamental and event the columns and what (x -
// mean) / deviation or (x - min) / (max - min) is learned to be.
nlohmann::json ScalersJson(const Dataset& data);

// What the data set is and how it came about, without its files: docs/dataset.md lists the members.
nlohmann::json MetadataJson(const Dataset& data, absl::Span<const market::Candle> candles,
                            const market::QualityReport& quality, const Provenance& provenance);

// The member `files`: name, dtype, shape, bytes and sha256 of each.
nlohmann::json FilesJson(const std::vector<DatasetFile>& files);

}  // namespace aifx::dataset

#endif  // AIFX_CORE_DATASET_DATASET_JSON_H_
