#ifndef AIFX_TESTS_UNIT_SERVER_RPC_VIOLATION_FIELDS_H_
#define AIFX_TESTS_UNIT_SERVER_RPC_VIOLATION_FIELDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/base/violation.h"

namespace aifx::rpc {

// The fields that a status' violations name, in their order.
inline std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : base::ViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

}  // namespace aifx::rpc

#endif  // AIFX_TESTS_UNIT_SERVER_RPC_VIOLATION_FIELDS_H_
