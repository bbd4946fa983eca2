#ifndef AIFX_CLIENT_BACKEND_ENVELOPE_H_
#define AIFX_CLIENT_BACKEND_ENVELOPE_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace aifx::backend {

// What every JSON reply of the backend is wrapped in.
struct Envelope {
  bool success = false;
  nlohmann::json data;  // null where absent
  // Of a failure; both of the backend's shapes end up here. Its `stack` is dropped.
  std::string code;     // such as INVALID_PAIR; may be empty
  std::string message;  // may be empty
};

// Nothing where `body` is not a JSON object with a boolean `success`, or nests more than 64 deep.
std::optional<Envelope> ParseEnvelope(const std::string& body);

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_ENVELOPE_H_
