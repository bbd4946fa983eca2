#include "client/backend/envelope.h"

#include <utility>

#include "core/base/json_depth.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

std::string StringAt(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

std::optional<Envelope> ParseEnvelope(const std::string& body) {
  if (base::IsJsonDeeperThan(body)) return std::nullopt;
  json root = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return std::nullopt;
  const auto success = root.find("success");
  if (success == root.end() || !success->is_boolean()) return std::nullopt;
  Envelope envelope;
  envelope.success = success->get<bool>();
  if (const auto data = root.find("data"); data != root.end()) envelope.data = std::move(*data);
  if (envelope.success) return envelope;
  const auto error = root.find("error");
  if (error != root.end() && error->is_object()) {  // as documented
    envelope.code = StringAt(*error, "code");
    envelope.message = StringAt(*error, "message");
  } else {  // as deployed
    envelope.code = StringAt(root, "code");
    envelope.message = StringAt(root, "error");
  }
  return envelope;
}

}  // namespace aifx::backend
