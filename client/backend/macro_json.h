#ifndef AIFX_CLIENT_BACKEND_MACRO_JSON_H_
#define AIFX_CLIENT_BACKEND_MACRO_JSON_H_

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "core/macro/macro_record.h"

namespace aifx::backend {

// fundamentalData[index] and events[index]. A date without a time is 00:00 UTC.
absl::StatusOr<macro::FundamentalRecord> FundamentalOf(const nlohmann::json& row, size_t index);
absl::StatusOr<macro::EconomicEvent> EventOf(const nlohmann::json& row, size_t index);

// The same on the way to the backend. What is absent is left out, so that it overwrites nothing.
nlohmann::json FundamentalJson(const macro::FundamentalRecord& record);
nlohmann::json EventJson(const macro::EconomicEvent& event);

// What the backend tells two rows apart by.
std::string KeyOf(const macro::FundamentalRecord& record);
std::string KeyOf(const macro::EconomicEvent& event);

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_MACRO_JSON_H_
