#ifndef AIFX_CLIENT_BACKEND_RECORD_JSON_H_
#define AIFX_CLIENT_BACKEND_RECORD_JSON_H_

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/records/record.h"

namespace aifx::backend {

// The body of POST /predictions, every value as its column will hold it: prices rounded to 5
// decimals, confidence to 2 and at least 0.01 (the backend takes 0 for missing), ratio and size to
// 2. InvalidArgument where technical_data_json is no JSON object.
absl::StatusOr<nlohmann::json> SubmissionJson(const records::Submission& submission);

// A row of GET /predictions, or of another list that has the same members; `list` is how messages
// call the array.
absl::StatusOr<records::PredictionRecord> PredictionRecordOf(
    const nlohmann::json& row, size_t index, absl::string_view list = "predictions");

// factors.client_request_id of a row; empty where another client wrote it.
std::string ClientRequestIdOf(const nlohmann::json& row);

// The row's id; empty where it has none.
std::string RowIdOf(const nlohmann::json& row);

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_RECORD_JSON_H_
